using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Events;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

public sealed class EventsCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decision_is_one_line_that_a_forged_name_cannot_break()
    {
        await using var agent = await StartWithAsync(Decisions.Exec(1, "/tmp/\u001b[2Jx\nDENY\u202e", denied: true) with { Generation = 77 });

        var (status, output, _) = await RunAsync(agent, "--verdict", "deny");

        status.ShouldBe(0);
        output.ShouldMatch(
            "^[0-9T:.-]+Z DENY  process\\.exec executable /tmp/\\\\x1b\\[2Jx\\\\x0aDENY\\\\u202e by 4711 /usr/bin/bash uid 1000 rule #0 \\(enforced, generation 77\\)\n$");
    }

    [Fact]
    public async Task An_operation_on_a_process_names_the_right_and_whom_it_was_for()
    {
        await using var agent = await StartWithAsync(Decisions.Open(1) with { Generation = 77 });

        var (_, output, _) = await RunAsync(agent, "--operation", "process.open");

        output.ShouldMatch(
            "^[0-9T:.-]+Z DENY  process\\.open terminate signal 15 of 812 /usr/sbin/sshd uid 0 by 4711 /usr/bin/bash uid 1000 rule #0 \\(enforced, generation 77\\)\n$");
    }

    [Fact]
    public async Task What_concerns_the_acting_process_alone_says_what_was_asked()
    {
        await using var agent = await StartWithAsync(
            Decisions.Alone(1, "process.create", new GateRequest { Namespaces = ["mount", "user"] }),
            Decisions.Alone(2, "thread.create", new GateRequest { Namespaces = [], IoWorker = true }),
            Decisions.Alone(3, "process.credentials", new GateRequest { Change = "uid", NewUid = 0, NewGid = 5 }),
            Decisions.Alone(4, "process.exit", new GateRequest { ExitStatus = 0, ExitSignal = 9, RunTime = TimeSpan.FromMilliseconds(1500) }),
            Decisions.Exec(5) with { Request = new GateRequest { SetuidGain = true }, Killed = true, Rule = 3, Reason = "rule" });

        var (_, output, _) = await RunAsync(agent, "--operation", "process.create", "--operation", "thread.create", "--operation", "process.credentials", "--operation", "process.exit", "--operation", "process.exec");

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[(l.IndexOf('Z', StringComparison.Ordinal) + 2)..]).ToList();
        lines.ShouldBe(
        [
            "ALLOW process.create new namespaces mount,user by 4711 /usr/bin/bash uid 1000 (no-rule, generation 1)",
            "ALLOW thread.create io_uring worker by 4711 /usr/bin/bash uid 1000 (no-rule, generation 1)",
            "ALLOW process.credentials uid to 0 by 4711 /usr/bin/bash uid 1000 (no-rule, generation 1)",
            "ALLOW process.exit by signal 9 after 1.500 s by 4711 /usr/bin/bash uid 1000 (no-rule, generation 1)",
            "KILL  process.exec executable /usr/bin/true gaining privileges by 4711 /usr/bin/bash uid 1000 rule #3 (enforced, generation 1)",
        ]);
        (await PathsAsync(agent, "--verdict", "kill")).ShouldBe(["/usr/bin/true"]);
        (await PathsAsync(agent, "--verdict", "deny")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Filters_and_limit_count_what_is_shown()
    {
        await using var agent = await StartWithAsync(
            Decisions.Exec(1, "/a", denied: true),
            Decisions.Exec(2, "/b"),
            Decisions.Exec(3, "/c", denied: true),
            Decisions.Load(4, 1, "/d.so"),
            Decisions.Exec(5, "/e") with { AuditedRule = 0 },
            Decisions.Exec(6, "/canary", denied: true) with { Reason = "canary", Rule = null });

        (await PathsAsync(agent, "--verdict", "deny")).ShouldBe(["/a", "/c"]);
        (await PathsAsync(agent, "--verdict", "deny", "--canaries")).ShouldBe(["/a", "/c", "/canary"]);
        (await PathsAsync(agent, "--verdict", "deny", "--limit", "1")).ShouldBe(["/c"]);
        (await PathsAsync(agent, "--verdict", "deny", "--limit", "1", "--since", "0")).ShouldBe(["/a"]);
        (await PathsAsync(agent, "--verdict", "deny", "--limit", "2", "--since", "0", "--follow")).ShouldBe(["/a", "/c"]);
        (await PathsAsync(agent, "--operation", "image.load")).ShouldBe(["/d.so"]);
        (await PathsAsync(agent, "--verdict", "audit")).ShouldBe(["/e"]);
        (await PathsAsync(agent, "--verdict", "allow", "--verdict", "audit", "--operation", "process.exec")).ShouldBe(["/b", "/e"]);
    }

    [Fact]
    public async Task Following_shows_new_events_and_a_loss_whatever_the_filter()
    {
        await using var agent = await StartWithAsync(Decisions.Exec(1));
        agent.Gate.Lose("image.load", 3);

        var (status, output, _) = await RunAsync(agent, "--follow", "--since", "0", "--verdict", "deny", "--limit", "1");

        status.ShouldBe(0);
        output.ShouldContain(" LOST  kernel-ring: image.load 3\n");
    }

    // The agent has published them when this returns.
    private static async Task<TestAgent> StartWithAsync(params GateDecision[] decisions)
    {
        var agent = await TestAgent.StartAsync(Cancel);
        foreach (var decision in decisions)
        {
            agent.Gate.Emit(decision);
        }

        await foreach (var record in agent.Client.ReadEventsAsync(new EventQuery { Follow = true, Since = 0 }, Cancel))
        {
            if (record is DecisionRecord { Sequence: var sequence } && sequence == decisions[^1].Sequence)
            {
                break;
            }
        }

        return agent;
    }

    private static Task<(int Status, string Output, string Error)> RunAsync(TestAgent agent, params string[] arguments) =>
        CommandLine.RunAsync(["events", .. arguments, "--socket", agent.SocketPath]);

    private static async Task<IEnumerable<string?>> PathsAsync(TestAgent agent, params string[] arguments)
    {
        var (status, output, error) = await RunAsync(agent, [.. arguments, "--json"]);
        (status, error).ShouldBe((0, ""));
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(ControlClient.ParseEvent)
            .OfType<DecisionRecord>()
            .Select(d => d.Object.Image?.Path);
    }
}
