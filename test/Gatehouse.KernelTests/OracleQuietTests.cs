using Gatehouse.KernelTests.Guest;
using Gatehouse.KernelTests.Oracle;

namespace Gatehouse.KernelTests;

/// <summary>The same as <see cref="OracleTests"/> where decisions are made by what is remembered of processes, files and verdicts.</summary>
[Trait("speed", "slow"), Trait("speed", "slowest"), Collection(WithQuietAgent.Name)]
public sealed class OracleQuietTests(QuietAgent agent)
{
    [Fact]
    public Task Kernel_and_evaluator_agree_on_what_is_remembered() =>
        new OracleRun(agent, OracleTests.Seed) { Cases = 2_400, Policies = 16, Events = 150 }.RunAsync();
}
