using System.Globalization;
using System.Text.Json;
using Gatehouse.KernelTests.Guest;
using Gatehouse.Policy;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>The ways to a policy, from a real kernel's events and back to it: watch, learn, replay, try; and a policy written in C#.</summary>
[Trait("speed", "slow"), Collection(WithAgent.Name)]
public sealed class PolicyWorkflowTests(GuestAgent agent) : IDisposable
{
    private readonly Volume _volume = Volume.Create("tmpfs");
    private string Known => field ??= _volume.Add(InGuest.Attack("payload-static"), "known");
    private string Unknown => field ??= _volume.Add(InGuest.Attack("payload-static"), "unknown");

    public void Dispose() => _volume.Dispose();

    [Fact]
    public async Task What_was_learned_from_recorded_events_is_what_goes_on_under_the_rule_that_reported_it()
    {
        var below = $"image.path.startsWith(\"{_volume.Folder}/\")";
        var events = await RecordAsync(below, () => InGuest.Run(Known).Ran.ShouldBeTrue("audit refuses nothing"));

        var learned = InGuest.Run("gatehouse", "policy", "learn", "--events", events, "--class", "process");
        learned.ExitCode.ShouldBe(0, learned.ToString());
        learned.Output.ShouldContain("reported by \"test/watched\"");
        learned.Output.ShouldNotContain("image.path");

        // As the proposal says: before the rule that its rules are exceptions to.
        var exceptions = learned.Output[(learned.Output.IndexOf("\nrules:\n", StringComparison.Ordinal) + "\nrules:\n".Length)..];
        await agent.ApplyAsync(Rules.Deny("nothing-else", "process.exec", below));
        InGuest.Run(Known).Refused.ShouldBeTrue("without what was learned");
        await agent.ApplyAsync(exceptions + Rules.Deny("nothing-else", "process.exec", below));
        InGuest.Run(Known).Ran.ShouldBeTrue("it was seen");
        InGuest.Run(Unknown).Refused.ShouldBeTrue("it was not");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Replay_of_recorded_events_says_what_the_kernel_then_does()
    {
        await File.AppendAllTextAsync(Unknown, "content of its own");
        var events = await RecordAsync($"image.path.startsWith(\"{_volume.Folder}/\")", () =>
        {
            InGuest.Run(Known).Ran.ShouldBeTrue();
            InGuest.Run(Unknown).Ran.ShouldBeTrue();
            InGuest.Run(Unknown).Ran.ShouldBeTrue();
        });
        var rules = Rules.Deny("never-seen", "process.exec", $"image.path == \"{_volume.Folder}/nothing\"")
            + Rules.Deny("by-name", "process.exec", $"image.path.endsWith(\"/unknown\") && image.path.startsWith(\"{_volume.Folder}/\")");
        var policy = Path.Combine(_volume.Folder, "policy.yaml");
        await File.WriteAllTextAsync(policy, GuestAgent.Policy(rules));

        var replay = InGuest.Run("gatehouse", "policy", "replay", policy, "--events", events, "--json");
        replay.ExitCode.ShouldBe(0, replay.ToString());
        using var report = JsonDocument.Parse(replay.Output);
        var rule = report.RootElement.GetProperty("rules").EnumerateArray().ShouldHaveSingleItem();
        rule.GetProperty("rule").GetString().ShouldBe("by-name");
        rule.GetProperty("verdict").GetString().ShouldBe("deny");
        rule.GetProperty("count").GetInt32().ShouldBe(2);
        report.RootElement.GetProperty("malformedLines").GetArrayLength().ShouldBe(0);
        report.RootElement.GetProperty("unjudged").GetProperty("count").GetInt32().ShouldBe(0);

        await agent.ApplyAsync(rules);
        InGuest.Run(Unknown).Refused.ShouldBeTrue("what it would have refused");
        InGuest.Run(Known).Ran.ShouldBeTrue("what it would not");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Tried_policy_that_nobody_confirms_ends_by_itself_and_one_that_is_confirmed_stays()
    {
        await agent.EnsureAsync(Rules.Neutral);
        InGuest.Run(Known).Ran.ShouldBeTrue("works without a rule");
        PolicyFile[] tried = [new("tried.yaml", GuestAgent.Policy(Rules.Deny("no-known", "process.exec", $"image.path == \"{Known}\""), name: "tried"))];
        await agent.Client.TryPoliciesAsync(tried, TimeSpan.FromSeconds(TryPoliciesRequest.ShortestSeconds));
        InGuest.Run(Known).Refused.ShouldBeTrue("while it is tried");
        InGuest.Run(Unknown).Ran.ShouldBeTrue("another program");
        await Eventually.Become(
            async () => (await agent.Client.GetStatusAsync()).Trial is null, TimeSpan.FromSeconds(30), static () => "the trial does not end");
        InGuest.Run(Known).Ran.ShouldBeTrue("afterwards");
        (await agent.Client.GetPoliciesAsync()).Policies.Select(static p => p.Name).ShouldBe(["test"]);

        await agent.Client.TryPoliciesAsync(tried, TimeSpan.FromSeconds(TryPoliciesRequest.ShortestSeconds));
        await agent.Client.ConfirmTrialAsync();
        await Task.Delay(TimeSpan.FromSeconds(TryPoliciesRequest.ShortestSeconds + 1));
        InGuest.Run(Known).Refused.ShouldBeTrue("it was confirmed");
        await agent.ApplyAsync(Rules.Neutral);
        InGuest.Run(Known).Ran.ShouldBeTrue("works again");
    }

    [Fact]
    public async Task Policy_written_in_lambdas_is_enforced_like_its_text()
    {
        string victim = _volume.Add(InGuest.Attack("victim"), "victim"), actor = _volume.Add(InGuest.Attack("subject"), "actor");
        var marker = _volume.Add(InGuest.Attack("marker"), "marker");
        var mark = Path.Combine(_volume.Folder, "mark");
        var programs = new PolicySet("programs", [Known, "/nowhere"]);
        var policy = PolicyBuilder.Create("in-lambdas", p => p
            .OnProcessExec(e => programs.Contains(e.Image.Path), r => r.Named("program").Deny().Also(RuleOperations.ImageLoad))
            .OnProcessOpen(
                o => o.Right == OpenRight.Signal && o.Target.File == victim && o.Process.File == actor && o.Process.Uid < 1,
                r => r.Named("signal").Deny())
            .OnProcessExec(e => e.Image.File == marker && e.Arguments.Any(a => a.StartsWith("--secret")), r => r.Named("argument").Kill()));
        await agent.EnsureAsync(Rules.Neutral);
        using var target = Companion.Victim(victim);
        InGuest.Run(Known).Ran.ShouldBeTrue("works without a rule");
        Answer.Of(actor, "plain", $"{target.Pid}").Granted.ShouldBeTrue("works without a rule");
        InGuest.Run(marker, mark, "--secret-x").Ran.ShouldBeTrue("works without a rule");

        await agent.ApplyAsync([new PolicyFile("in-lambdas.yaml", policy.ToYaml())]);
        InGuest.Run(Known).Refused.ShouldBeTrue();
        InGuest.Run(InGuest.Attack("mapexec"), Known).ExitCode.ShouldBe(1, "mapped");
        InGuest.Run(Unknown).Ran.ShouldBeTrue("another program");
        Answer.Of(actor, "plain", $"{target.Pid}").Refused.ShouldBeTrue();
        Answer.Of(InGuest.Attack("subject"), "plain", $"{target.Pid}").Granted.ShouldBeTrue("another subject");
        InGuest.Run(marker, mark, "--secret-x").ExitCode.ShouldBe(128 + 9, "killed");
        InGuest.Run(marker, mark, "--open").Ran.ShouldBeTrue("other arguments");
        await agent.ApplyAsync(Rules.Neutral);
        InGuest.Run(Known).Ran.ShouldBeTrue("works again");
    }

    /// <summary>The file of what `gatehouse events --json` says of this, watched by an audit rule.</summary>
    private async Task<string> RecordAsync(string condition, Action action)
    {
        await agent.ApplyAsync(Rules.Audit("watched", "process.exec", condition));
        var cursor = await agent.CursorAsync();
        action();
        await agent.DecisionAsync(cursor, static d => d.Audited is not null || d.Mode == EventMode.Audit);
        // Several may have been watched: whatever came until now is there after one more round of reading.
        await Task.Delay(TimeSpan.FromSeconds(1));
        var events = Path.Combine(_volume.Folder, "events.ndjson");
        InGuest.Prepare(string.Create(CultureInfo.InvariantCulture, $"gatehouse events --json --since {cursor} > {events}"));
        return events;
    }
}
