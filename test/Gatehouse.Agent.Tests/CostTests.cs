using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Problems;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class CostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cost_is_the_difference_while_the_kernel_counts_and_no_longer()
    {
        var gate = new FakeKernelGate();
        gate.Statistics.Enqueue([new ProgramStatistics("gh_old", 10, 1_000, 1)]);
        gate.Statistics.Enqueue([new ProgramStatistics("gh_new", 2, 50, 0), new ProgramStatistics("gh_old", 15, 1_700, 1)]);
        await using var agent = await TestAgent.StartAsync(Cancel, gate);

        var report = await agent.Client.GetCostAsync(1, Cancel);

        report.Programs.Select(static p => (p.Program, p.Runs, p.Nanoseconds, p.Missed)).ShouldBe([("gh_new", 2ul, 50ul, 0ul), ("gh_old", 5ul, 700ul, 0ul)]);
        // A timer may fire a moment early.
        report.Seconds.ShouldBeGreaterThanOrEqualTo(0.9);
        report.Processors.ShouldBe(Environment.ProcessorCount);
        gate.Counting.ShouldBe((false, 1));
    }

    [Fact]
    public async Task Kernel_that_does_not_count_is_a_problem_and_no_zero()
    {
        var gate = new FakeKernelGate { CountFailure = new KernelGateException(GateFailure.OperationFailed, "bpf_enable_stats: EPERM", null) };
        await using var agent = await TestAgent.StartAsync(Cancel, gate);

        var problem = await Should.ThrowAsync<ControlProblemException>(() => agent.Client.GetCostAsync(1, Cancel));

        problem.Problem.Type.ShouldBe("urn:gatehouse:problem:kernel-refused");
        problem.Message.ShouldContain("EPERM");
    }
}
