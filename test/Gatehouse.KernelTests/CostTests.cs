using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>What the kernel itself counts of our programs.</summary>
[Collection(WithQuietAgent.Name)]
public sealed class CostTests(QuietAgent agent)
{
    private const int Executions = 8;

    [Fact]
    public async Task Each_execution_is_counted_while_the_cost_is_measured()
    {
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload-static"), "program");
        await agent.EnsureAsync(Rules.Neutral);

        var measuring = agent.Client.GetCostAsync(10);
        var executing = Task.Run(async () =>
        {
            await Task.Delay(1000);
            for (var i = 0; i < Executions; i++)
                InGuest.Run(program).Ran.ShouldBeTrue();
        });
        var cost = await measuring;
        await executing;

        var executed = cost.Programs.Single(static p => p.Program is "gh_image_bprm");
        executed.Runs.ShouldBeGreaterThanOrEqualTo((ulong)Executions);
        executed.Nanoseconds.ShouldBeGreaterThan(executed.Runs, "no program runs in a nanosecond");
        cost.Programs.ShouldAllBe(static p => p.Missed == 0);
        var shown = InGuest.Run("gatehouse", "status", "--cost", "--seconds", "1");
        shown.Ran.ShouldBeTrue(shown.ToString());
        shown.Output.ShouldStartWith("PROGRAM");
    }
}
