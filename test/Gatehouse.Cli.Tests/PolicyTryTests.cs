using Gatehouse.Agent.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

/// <summary>The commands that need the agent: try, confirm, diff --running.</summary>
public sealed class PolicyTryTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_terminal_try_says_how_to_confirm_and_ends()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var path = Policy("p", "/no/such/file");

        var tried = await RunAsync(agent, "policy", "try", path, "--for", "10m");
        var status = await RunAsync(agent, "status");
        var confirmed = await RunAsync(agent, "policy", "confirm");
        var again = await RunAsync(agent, "policy", "confirm");

        tried.ShouldBe((
            0,
            "generation 2 is in force: p\n  /no/such/file: not bound (ENOENT at open); its spelling is compared\n"
            + "the agent goes back in 10m unless confirmed: sudo gatehouse policy confirm\n",
            ""));
        status.Output.ShouldMatch("\ntrial: +p: the agent goes back in [0-9]+ s unless confirmed\n");
        confirmed.ShouldBe((0, "kept p\n", ""));
        again.Status.ShouldBe(2);
        again.Error.ShouldStartWith("gatehouse: No policies are tried: ");
    }

    [Fact]
    public async Task Enter_at_the_terminal_keeps_the_policies()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        using var input = new StringReader("\n");

        var (status, output, _) = await CommandLine.RunAtTerminalAsync(
            input, "policy", "try", Policy("p", "/x"), "--socket", agent.SocketPath);

        status.ShouldBe(0);
        output.ShouldContain("press Enter to keep the policies");
        output.ShouldEndWith("kept\n");
        (await agent.Client.GetStatusAsync(Cancel)).Trial.ShouldBeNull();
        agent.Gate.Image!.Policies.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_terminal_that_is_closed_is_no_yes()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        // The input ends at once, as it does when the terminal goes away; the trial takes its time and ends all the same.
        var (status, _, error) = await CommandLine.RunAtTerminalAsync(
            TextReader.Null, "policy", "try", Policy("p", "/x"), "--for", "5s", "--socket", agent.SocketPath);

        status.ShouldBe(1);
        error.ShouldContain("the policies before are in force again: not confirmed in time");
        agent.Gate.Image!.Policies.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_confirmation_from_elsewhere_is_noticed()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var trying = CommandLine.RunAtTerminalAsync(
            TextReader.Null, "policy", "try", Policy("p", "/x"), "--for", "5s", "--socket", agent.SocketPath);
        for (var i = 0; (await agent.Client.GetStatusAsync(Cancel)).Trial is null; i++)
        {
            i.ShouldBeLessThan(400, "the trial did not begin");
            await Task.Delay(10, Cancel);
        }

        await agent.Client.ConfirmTrialAsync(Cancel);

        var (status, output, _) = await trying;
        status.ShouldBe(0);
        output.ShouldEndWith("kept: confirmed elsewhere\n");
    }

    [Fact]
    public async Task Confirm_can_go_back_instead()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        await RunAsync(agent, "policy", "try", Policy("p", "/x"));

        (await RunAsync(agent, "policy", "confirm", "--revert")).ShouldBe((0, "went back from p\n", ""));

        agent.Gate.Image!.Policies.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_bad_policy_is_not_sent()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        var (status, _, error) = await RunAsync(agent, "policy", "try", Policy("p", "relative"));

        status.ShouldBe(2);
        error.ShouldContain("p.yaml:7:");
        (await agent.Client.GetStatusAsync(Cancel)).Trial.ShouldBeNull();
    }

    [Fact]
    public async Task Diff_with_what_is_in_force_shows_what_applying_would_change()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        await RunAsync(agent, "policy", "apply", Policy("p", "/a"), Policy("q", "/a"));
        var changed = Policy("p", "/b");

        var (status, output, _) = await RunAsync(agent, "policy", "diff", "--running", changed);

        status.ShouldBe(1);
        output.ShouldBe("~ rule p/no-path: values of when (image.path in [\"/b\"])\n    - /a\n    + /b\n");
        (await RunAsync(agent, "policy", "diff", "--running", Policy("new", "/b"))).Output.ShouldBe("+ policy new: 1 rules\n");
    }

    public void Dispose() => _directory.Dispose();

    private static Task<(int Status, string Output, string Error)> RunAsync(TestAgent agent, params string[] arguments) =>
        CommandLine.RunAsync([.. arguments, "--socket", agent.SocketPath]);

    private string Policy(string name, string path) => _directory.Write(name + ".yaml", TestAgent.DenyPath(name, path).Text);
}
