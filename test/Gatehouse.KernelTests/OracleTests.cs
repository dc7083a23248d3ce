using System.Globalization;
using Gatehouse.KernelTests.Guest;
using Gatehouse.KernelTests.Oracle;

namespace Gatehouse.KernelTests;

/// <summary>
/// Random policies and random operations: the kernel and the evaluator in C# share nothing but the text, and must say the same.
/// GATEHOUSE_ORACLE_SEED repeats a run. With both runs on each of three kernels CI sees more than 10,000 cases.
/// </summary>
[Trait("speed", "slow"), Trait("speed", "slowest"), Collection(WithAgent.Name)]
public sealed class OracleTests(GuestAgent agent)
{
    internal static int Seed => Environment.GetEnvironmentVariable("GATEHOUSE_ORACLE_SEED") is { } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : Random.Shared.Next();

    /// <summary>Each decision is an event, and so is made from all facts anew.</summary>
    [Fact]
    public Task Kernel_and_evaluator_agree_on_random_policies_and_operations() =>
        new OracleRun(agent, Seed) { Cases = 1_000, Policies = 8, Events = 200 }.RunAsync();
}
