using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>The same beside an agent that has sealed the guest, which stays so until it ends.</summary>
[Trait("speed", "slow"), Trait("speed", "slowest")]
public sealed class SelftestSealedTests(SealedAgent agent) : IClassFixture<SealedAgent>
{
    [Theory]
    [InlineData("tamper", 44)]
    [InlineData("process", 56)]
    public async Task Sealed_host_refuses(string @class, int atLeast)
    {
        var reading = SelftestReading.Run("--class", @class);

        reading.ExitCode.ShouldBe(0, reading.Output);
        reading.With("let-through").ShouldBeEmpty();
        reading.With("unknown").ShouldBeEmpty();
        reading.With("refused").Count.ShouldBeGreaterThanOrEqualTo(atLeast, string.Join(", ", reading.With("not-tested")));
        SelftestReading.ShouldHaveLeftNothing(agent.State);
        (await agent.Client.GetStatusAsync()).Policies.Select(static p => p.Name).ShouldBe(["gatehouse-self"]);
    }
}
