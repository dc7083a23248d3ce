using System.Text;
using System.Text.Json;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Json;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

/// <summary>The commands that read recorded events: replay, learn.</summary>
public sealed class RecordedEventTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replay_counts_by_rule_what_would_have_been_refused()
    {
        var events = Events(
            Decisions.Exec(1, "/usr/bin/nc"),
            Decisions.Exec(2, "/usr/bin/ls"),
            Decisions.Exec(3, "/usr/bin/nc"),
            Decisions.Exec(4, "/usr/bin/ls", denied: true),
            Decisions.Exec(5, "/canary", denied: true) with { Reason = "canary" });

        var (status, output, error) = await CommandLine.RunAsync("policy", "replay", Policy("image.path == \"/usr/bin/nc\""), "--events", events);

        (status, error).ShouldBe((0, ""));
        output.ShouldMatch("""
            ^deny  2 times by p/rule
                  first: [0-9T:Z-]+ process\.exec /usr/bin/nc by /usr/bin/bash pid 4711 uid 1000
            recorded allow, now deny: 2 times, first process\.exec /usr/bin/nc by .*
            recorded deny, now allow: 1 times, first process\.exec /usr/bin/ls by .*
            4 events, 4 judged
            $
            """);
    }

    [Theory]
    [InlineData("image.sha256 == \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "image.sha256")]
    [InlineData("process.sha256 == \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "process.sha256")]
    [InlineData("image.path == \"/usr/bin/nc\" && ancestor(process.executable == \"/x\")", "ancestor")]
    [InlineData("\"LD_PRELOAD\" in exec.environment", "exec.environment", "kill")]
    [InlineData("\"-e\" in exec.arguments", "exec.arguments", "kill")]
    public async Task What_depends_on_facts_that_were_not_recorded_is_not_guessed(string when, string fact, string action = "deny")
    {
        var events = Events(Decisions.Exec(1, "/usr/bin/nc"));

        var (status, output, _) = await CommandLine.RunAsync("policy", "replay", "--json", Policy(when, action), "--events", events);

        status.ShouldBe(0);
        var json = JsonDocument.Parse(output).RootElement;
        (json.GetProperty("events").GetInt32(), json.GetProperty("judged").GetInt32()).ShouldBe((1, 0));
        json.GetProperty("unjudged").GetProperty("count").GetInt32().ShouldBe(1);
        json.GetProperty("unjudged").GetProperty("missingFacts").GetProperty(fact).GetInt32().ShouldBe(1);
        json.GetProperty("rules").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Arguments_are_judged_where_they_were_recorded()
    {
        var exec = Decisions.Exec(1, "/usr/bin/nc");
        var events = Events(exec, exec with { Sequence = 2, Hook = "bprm_committed_creds", Process = exec.Process with { Arguments = ["nc", "-e"] } });

        var (_, output, _) = await CommandLine.RunAsync("policy", "replay", "--json", Policy("\"-e\" in exec.arguments", "kill"), "--events", events);

        var json = JsonDocument.Parse(output).RootElement;
        (json.GetProperty("events").GetInt32(), json.GetProperty("judged").GetInt32()).ShouldBe((2, 2));
        json.GetProperty("rules")[0].GetProperty("verdict").GetString().ShouldBe("kill");
    }

    [Theory]
    [InlineData("\"-e\" in exec.arguments", "exec.arguments")]
    [InlineData("\"nc\" in exec.arguments && process.executable == \"/usr/bin/bash\"", "process.executable")]
    public async Task The_second_stage_of_an_exec_tells_neither_the_caller_nor_arguments_that_no_rule_asked_for(string when, string fact)
    {
        var exec = Decisions.Exec(1, "/usr/bin/nc");
        string[] arguments = fact is "exec.arguments" ? [] : ["nc"];
        var events = Events(exec with { Hook = "bprm_committed_creds", Process = exec.Process with { Arguments = arguments } });

        var (_, output, _) = await CommandLine.RunAsync("policy", "replay", "--json", Policy(when, "kill"), "--events", events);

        JsonDocument.Parse(output).RootElement.GetProperty("unjudged").GetProperty("missingFacts").GetProperty(fact).GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_line_that_is_no_record_is_named_and_the_others_are_judged()
    {
        var good = Lines(Decisions.Exec(1, "/usr/bin/nc"));
        var events = _directory.Write("e.ndjson", $"{good}{good.Trim()[..40]}\n\n{{\"record\":\"future\"}}\nnull\n{good}");

        var (status, output, error) = await CommandLine.RunAsync("policy", "replay", Policy("image.path == \"/usr/bin/nc\""), "--events", events);

        status.ShouldBe(2);
        output.ShouldContain("deny  2 times by p/rule");
        error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(": ")[1]).ShouldBe([$"{events}:2", $"{events}:4", $"{events}:5"]);
    }

    [Fact]
    public async Task Losses_in_the_record_are_said()
    {
        const string loss = """{"record":"loss","cursor":1,"time":"2026-11-21T12:00:00Z","monotonicNs":1,"bootId":"x","cause":"kernel-ring","lost":{"process.exec":7}}""";
        using var input = new StringReader(loss + "\n" + Lines(Decisions.Exec(1)));

        var (status, output, _) = await CommandLine.RunWithInputAsync(input, "policy", "replay", Policy("image.path == \"/x\""), "--events", "-");

        status.ShouldBe(0);
        output.ShouldContain("7 events are missing from the record");
    }

    [Fact]
    public async Task A_record_that_is_not_there_is_bad_input() =>
        (await CommandLine.RunAsync("policy", "replay", Policy("image.path == \"/x\""), "--events", "/no/such")).ShouldBe(
            (2, "", "gatehouse: /no/such: no such file\n"));

    [Fact]
    public async Task Learn_proposes_a_policy_that_check_accepts()
    {
        var audited = Decisions.Exec(1, "/usr/bin/nc") with { AuditedRule = 0, Reason = "rule" };
        var open = Decisions.Open(2) with { Denied = false, Rule = null, AuditedRule = 1 };
        var events = Events(audited, audited with { Sequence = 3 }, open, Decisions.Exec(4, "/usr/bin/not-reported"));

        var (status, output, error) = await CommandLine.RunAsync("policy", "learn", "--events", events, "--name", "ours");

        (status, error).ShouldBe((0, ""));
        output.ShouldContain("image.file == \"/usr/bin/nc\"");
        output.ShouldContain("open.right == \"terminate\"");
        output.ShouldNotContain("not-reported");
        (await CommandLine.RunAsync("policy", "check", _directory.Write("ours.yaml", output))).Status.ShouldBe(0);
        (await CommandLine.RunAsync("policy", "learn", "--events", events, "--class", "image")).Status.ShouldBe(1);
        (await CommandLine.RunAsync("policy", "learn", "--events", events, "--class", "process")).Status.ShouldBe(0);
    }

    [Fact]
    public async Task Learn_takes_what_the_agent_keeps()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        agent.Gate.Emit(Decisions.Exec(1, "/usr/bin/nc") with { AuditedRule = 0 });
        for (var i = 0; (await agent.Client.GetStatusAsync(Cancel)).Events.Seen.Count == 0; i++)
        {
            i.ShouldBeLessThan(500);
            await Task.Delay(10, Cancel);
        }

        var (status, output, _) = await CommandLine.RunAsync("policy", "learn", "--last", "--socket", agent.SocketPath);

        status.ShouldBe(0);
        output.ShouldContain("image.file == \"/usr/bin/nc\"");
    }

    [Fact]
    public async Task With_nothing_to_propose_the_status_says_so()
    {
        var (status, output, error) = await CommandLine.RunAsync("policy", "learn", "--events", Events(Decisions.Exec(1)));

        status.ShouldBe(1);
        output.ShouldContain("# There is nothing to propose.");
        error.ShouldContain("there is nothing to propose");
    }

    public void Dispose() => _directory.Dispose();

    private string Events(params GateDecision[] decisions) => _directory.Write("events.ndjson", Lines(decisions));

    private static string Lines(params GateDecision[] decisions)
    {
        var clock = new StreamClock(new BootClock(new ManualTimeProvider(), static () => TimeSpan.FromSeconds(1000)), "boot");
        var translator = new DecisionTranslator(new GenerationNames(), clock);
        var lines = new StringBuilder();
        foreach (var decision in decisions)
        {
            lines.Append(JsonSerializer.Serialize(translator.Translate(decision), GatehouseJson.Default.StreamRecord)).Append('\n');
        }

        return lines.ToString();
    }

    private string Policy(string when, string action = "deny") => _directory.Write(
        "p.yaml",
        $"apiVersion: gatehouse/v1\nmetadata:\n  name: p\nrules:\n  - name: rule\n    on: process.exec\n    action: {action}\n    when: |-\n      {when}\n");
}
