using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>A reload switches at once: no moment without the old or the new policy, no mixture.</summary>
[Collection(WithQuietAgent.Name)]
public sealed class ReloadTests(QuietAgent agent)
{
    private const int Reloads = 200;

    /// <summary>A hammer that hardly ran shows nothing: several rounds a reload. Each round of it is two programs, and of the other also 400 signals.</summary>
    private const int FewestRounds = 2 * Reloads;

    [Fact, Trait("speed", "slow"), Trait("speed", "slowest"), Trait("kind", "chaos")]
    public async Task Two_hundred_reloads_under_load_give_not_one_wrong_verdict()
    {
        using var volume = Volume.Create("tmpfs");
        var denied = volume.Add(InGuest.Attack("payload"), "denied");
        var allowed = volume.Add(denied, "allowed");
        await File.AppendAllTextAsync(allowed, "x");
        // In turn by path and by content: who gathered facts for one generation must not decide by the other without more.
        string[] ways =
        [
            GuestAgent.Deny("by-path", $"image.path == \"{denied}\""),
            GuestAgent.Deny("by-content", $"image.sha256 == \"{Volume.Sha256Of(denied)}\""),
        ];
        await agent.EnsureAsync(Rules.Neutral);
        InGuest.Run(denied).Ran.ShouldBeTrue("works without a rule");
        await agent.ApplyAsync(ways[0]);
        InGuest.Run(denied).Refused.ShouldBeTrue();

        // `hammer DENIED ALLOWED STOP` executes both in a loop until it is told to stop, and ends at the first wrong verdict.
        var stop = Path.Combine(volume.Folder, "stop");
        var hammer = Task.Run(() => InGuest.Run(InGuest.Attack("hammer"), denied, allowed, stop));
        for (var i = 0; i < Reloads; i++)
            await agent.ApplyAsync(GuestAgent.Deny($"filler-{i}", $"image.path == \"/nowhere/{i}\"") + ways[i % 2]);
        await File.WriteAllTextAsync(stop, "");

        Rounds(await hammer).ShouldBeGreaterThan(FewestRounds);
        (await agent.Client.GetStatusAsync()).Counters["generation-races"].ShouldBe(0ul);
    }

    [Fact, Trait("speed", "slow"), Trait("speed", "slowest"), Trait("kind", "chaos")]
    public async Task Two_hundred_reloads_of_different_rules_give_not_one_wrong_verdict_on_signals_and_programs()
    {
        using var volume = Volume.Create("tmpfs");
        var denied = volume.Add(InGuest.Attack("payload"), "denied");
        var allowed = volume.Add(denied, "allowed");
        await File.AppendAllTextAsync(allowed, "x");
        var actor = volume.Add(InGuest.Attack("openhammer"), "actor");
        var target = volume.Add(InGuest.Attack("victim"), "target");
        using var protectedVictim = Companion.Victim(target);
        using var neighbour = Companion.Victim(volume.Add(target, "neighbour"));

        // The same verdicts by different facts, rules, numbers of rules and words of vectors: classes and rows of one generation
        // mean something else in the next.
        string[] generations =
        [
            Rules.Deny("exec", "process.exec", $"image.path == \"{denied}\"")
                + Rules.Deny("open", "process.open", $"target.file == \"{target}\""),
            Fillers(70)
                + Rules.Deny("open", "process.open", $"process.file == \"{actor}\" && target.executable == \"{target}\"")
                + Rules.Deny("exec", "process.exec", $"image.sha256 == \"{Volume.Sha256Of(denied)}\""),
            Rules.Of("known", "process.exec", $"image.file == \"{allowed}\"", "allow") + Fillers(5)
                + Rules.Deny("open", "process.open", $"open.right == \"signal\" && target.executable.endsWith(\"/target\")")
                + Rules.Deny("exec", "process.exec", $"image.path.startsWith(\"{denied}\")"),
        ];
        await agent.EnsureAsync(Rules.Neutral);
        InGuest.Run(denied).Ran.ShouldBeTrue("works without a rule");
        Answer.Of(InGuest.Attack("subject"), "plain", $"{protectedVictim.Pid}").Granted.ShouldBeTrue("works without a rule");
        await agent.ApplyAsync(generations[0]);
        var stop = Path.Combine(volume.Folder, "stop");
        var hammer = Task.Run(() => InGuest.Run(actor, $"{protectedVictim.Pid}", $"{neighbour.Pid}", denied, allowed, stop));
        for (var i = 0; i < Reloads; i++)
            await agent.ApplyAsync(generations[i % generations.Length]);
        await File.WriteAllTextAsync(stop, "");

        var outcome = await hammer;
        await agent.ApplyAsync(Rules.Neutral);
        Rounds(outcome).ShouldBeGreaterThan(FewestRounds);
        (await agent.Client.GetStatusAsync()).Counters["generation-races"].ShouldBe(0ul);
        InGuest.Run(denied).Ran.ShouldBeTrue("it runs again once the rules are gone");
    }

    /// <summary>How often a hammer went round without a wrong verdict.</summary>
    private static int Rounds(Outcome hammer)
    {
        hammer.ExitCode.ShouldBe(0, hammer.ToString());
        return int.Parse(hammer.Output.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Fillers(int count) => string.Concat(Enumerable.Range(0, count)
        .Select(static i => Rules.Deny($"filler-{i}", "process.exec, process.open", $"process.executable == \"/nowhere/{i}\"")));

    [Fact]
    public async Task Refused_policy_leaves_the_running_one_untouched()
    {
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload"), "payload");
        var generation = await agent.ApplyAsync(GuestAgent.Deny("no-payload", $"image.path == \"{program}\""));

        var bad = Path.Combine(volume.Folder, "bad.yaml");
        await File.WriteAllTextAsync(bad, GuestAgent.Policy(GuestAgent.Deny("bad", "image.pth == \"relative\"")));
        var outcome = InGuest.Run("gatehouse", "policy", "apply", bad);
        outcome.ExitCode.ShouldBe(2, outcome.ToString());
        outcome.Output.ShouldContain($"{bad}:8:");
        outcome.Output.ShouldContain("image.path", Case.Sensitive, "the suggestion");

        (await agent.Client.GetPoliciesAsync()).Generation.ShouldBe(generation);
        InGuest.Run(program).Refused.ShouldBeTrue();
    }

    [Fact]
    public async Task Audit_reports_and_lets_run()
    {
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload"), "payload");
        await agent.ApplyAsync(GuestAgent.Deny("watched", $"image.path == \"{program}\""), mode: "audit");
        var cursor = await agent.CursorAsync();
        InGuest.Run(program).Ran.ShouldBeTrue();
        var decision = await agent.DecisionAsync(cursor, d => string.Equals(d.Object.Image?.Path, program, StringComparison.Ordinal));
        decision.Rule.ShouldBe("watched");
        decision.Mode.ShouldBe(EventMode.Audit);
        decision.Verdict.ShouldBe(Verdict.Allow);
    }

    [Fact]
    public async Task Audit_rule_before_a_deny_rule_does_not_shadow_it()
    {
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload"), "payload");
        await agent.ApplyAsync(
            GuestAgent.Deny("watched", $"image.path == \"{program}\"", "mode: audit")
            + GuestAgent.Deny("refused", $"image.path == \"{program}\""));
        var cursor = await agent.CursorAsync();
        InGuest.Run(program).Refused.ShouldBeTrue();
        var decision = await agent.DecisionAsync(cursor, d => string.Equals(d.Object.Image?.Path, program, StringComparison.Ordinal));
        decision.Rule.ShouldBe("refused");
        decision.Audited!.Rule.ShouldBe("watched");
    }

    [Fact]
    public async Task Allow_by_content_comes_before_deny_by_path_of_the_same_policy_and_loses_against_another()
    {
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload"), "payload");
        var allow = $"""
              - name: known
                on: [process.exec, image.load]
                when: 'image.sha256 == "{Volume.Sha256Of(program)}"'
                action: allow

            """;
        var deny = GuestAgent.Deny("refused", $"image.path == \"{program}\"");
        await agent.ApplyAsync(allow + deny);
        InGuest.Run(program).Ran.ShouldBeTrue();
        await agent.ApplyAsync(
            [
                new PolicyFile("a.yaml", GuestAgent.Policy(allow + deny, name: "a")),
                new PolicyFile("b.yaml", GuestAgent.Policy(deny, name: "b")),
            ]);
        InGuest.Run(program).Refused.ShouldBeTrue("the most restrictive policy wins");
    }
}
