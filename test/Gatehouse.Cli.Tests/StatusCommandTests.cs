using System.Text.Json;
using Gatehouse.Agent.Sealing;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;
using Gatehouse.Sdk.Json;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

public sealed class StatusCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_agent_is_shown_with_proof_hook_by_hook()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        var (status, output, _) = await CommandLine.RunAsync("status", "--socket", agent.SocketPath);

        status.ShouldBe(0);
        output.ShouldStartWith("health:       ok\nenforcement:  proven at ");
        output.ShouldContain("\ncanary:       denied bprm_check_security: exec gave EPERM\n");
        output.ShouldContain("\ngeneration:   1\n");
        output.ShouldContain("\ncounter:      decisions 7\n");
    }

    [Fact]
    public async Task What_the_kernel_cannot_refuse_is_named()
    {
        var gate = new FakeKernelGate { PartlyEnforced = [new PartlyEnforced("process.open", "query", "maps stay readable", "some kernels")] };
        await using var agent = await TestAgent.StartAsync(Cancel, gate);

        var (status, output, _) = await CommandLine.RunAsync("status", "--socket", agent.SocketPath);

        status.ShouldBe(0);
        output.ShouldContain("\npartly:       process.open query: maps stay readable (some kernels)\n");
        (await agent.Client.GetStatusAsync(Cancel)).Enforcement.Partly.ShouldHaveSingleItem().Right.ShouldBe("query");
    }

    [Fact]
    public async Task Seal_is_shown_with_what_it_refused()
    {
        var shield = new FakeKernelShield();
        await using var agent = await TestAgent.StartAsync(
            Cancel,
            change: e => e with { OpenShield = _ => shield, SealScope = static _ => SealScope.Of(["/kept"], []) },
            options: static o => o with { Seal = true });
        shield.Attempt(TamperDeed.Write, pid: 7, command: "rm");
        while ((await agent.Client.GetStatusAsync(Cancel)).Seal?.LastAttempt is null)
        {
            await Task.Delay(20, Cancel);
        }

        var (status, output, _) = await CommandLine.RunAsync("status", "--socket", agent.SocketPath);
        shield.IsSealed = false;
        var (_, lifted, _) = await CommandLine.RunAsync("status", "--socket", agent.SocketPath);

        status.ShouldBe(0);
        output.ShouldContain("\nseal:         sealed since ");
        output.ShouldContain("; the agent's process is kept\n");
        output.ShouldContain("\nlast attempt: write by process 7 (\"rm\"");
        lifted.ShouldContain("\nseal:         LIFTED by a ticket; the");
    }

    [Fact]
    public async Task Cost_is_shown_the_most_expensive_first()
    {
        var gate = new FakeKernelGate();
        gate.Statistics.Enqueue([]);
        gate.Statistics.Enqueue([new ProgramStatistics("cheap", 4, 400, 0), new ProgramStatistics("dear", 2, 9_000, 3), new ProgramStatistics("idle", 0, 0, 0)]);
        await using var agent = await TestAgent.StartAsync(Cancel, gate);

        var (status, output, _) = await CommandLine.RunAsync("status", "--cost", "--seconds", "1", "--socket", agent.SocketPath);

        status.ShouldBe(0);
        var lines = output.Split('\n');
        lines[0].ShouldStartWith("PROGRAM");
        lines[1].ShouldMatch("^dear +[0-9.]+ +4500 +");
        lines[2].ShouldMatch("^cheap +[0-9.]+ +100 +");
        output.ShouldContain("1 of 3 programs did not run");
        output.ShouldContain("dear was left out 3 times");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("31")]
    [InlineData("soon")]
    public async Task Cost_is_counted_for_1_to_30_seconds(string seconds)
    {
        var (status, _, error) = await CommandLine.RunAsync("status", "--cost", "--seconds", seconds);

        status.ShouldBe(2);
        error.ShouldContain("--seconds");
    }

    [Fact]
    public async Task Json_is_the_agents_answer()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        var (status, output, _) = await CommandLine.RunAsync("status", "--json", "--socket", agent.SocketPath);

        status.ShouldBe(0);
        JsonSerializer.Deserialize(output, GatehouseJson.Default.AgentStatus)!.Enforcement.Proven.ShouldBeTrue();
    }

    [Fact]
    public async Task An_agent_that_lost_its_saved_policies_gives_status_1_and_says_why()
    {
        _directory.Write("state/policies.json", "junk");
        await using var agent = await TestAgent.StartAsync(Cancel, new FakeKernelGate { TookOver = true, Generation = 4 }, _directory);

        var (status, output, _) = await CommandLine.RunAsync("status", "--socket", agent.SocketPath);

        status.ShouldBe(1);
        output.ShouldContain("health:       degraded\nproblem:      ");
        output.ShouldContain("policies:     not known\n");
    }

    [Fact]
    public async Task A_canary_that_is_not_refused_gives_status_4_and_never_says_proven()
    {
        var time = new ManualTimeProvider();
        await using var agent = await TestAgent.StartAsync(Cancel, change: e => e with { Time = time });
        agent.Gate.CanaryIsDenied = false;
        var (status, output, _) = (0, "", "");
        while (status == 0)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            (status, output, _) = await CommandLine.RunAsync("status", "--socket", agent.SocketPath);
        }

        status.ShouldBe(4);
        output.ShouldContain("health:       FAILING\n");
        output.ShouldContain("enforcement:  NOT PROVEN at ");
        output.ShouldContain("NOT denied bprm_check_security: exec succeeded");
    }

    public void Dispose() => _directory.Dispose();
}
