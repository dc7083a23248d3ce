using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Events;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class DecisionTranslatorTests
{
    private readonly GenerationNames _names = new();

    public DecisionTranslatorTests() => _names.Remember(
        1, [new RuleName("vendor", "p", "no-kill", "high", ["T1562"]), new RuleName("vendor", "p", "watch", "low", [])]);

    [Fact]
    public void An_open_names_its_target_its_right_and_its_rule()
    {
        var record = Translate(Decisions.Open(1));

        (record.Class, record.Operation, record.Verdict, record.Hook).ShouldBe(("process", "process.open", Verdict.Deny, "task_kill"));
        (record.Policy, record.Rule, record.Severity).ShouldBe(("p", "no-kill", "high"));
        record.Object.Image.ShouldBeNull();
        record.Object.Target.ShouldBe(new EventTarget
        {
            Pid = 812,
            Tid = 812,
            StartTimeNs = 50_000_000_000,
            Uid = 0,
            EffectiveUid = 0,
            Gid = 0,
            EffectiveGid = 0,
            Command = "sshd",
            Executable = "/usr/sbin/sshd",
        });
        record.Request.ShouldBe(new EventRequest { Right = "terminate", Signal = 15, Child = false });
    }

    [Fact]
    public void A_thread_has_a_class_of_its_own() =>
        Translate(Decisions.Open(1) with { Operation = "thread.open" }).Class.ShouldBe("thread");

    [Theory]
    [InlineData(false, false, Verdict.Allow)]
    [InlineData(true, false, Verdict.Deny)]
    [InlineData(false, true, Verdict.Kill)]
    [InlineData(true, true, Verdict.Kill)]
    public void Who_was_killed_was_killed_whether_or_not_the_operation_was_refused_too(bool denied, bool killed, Verdict verdict) =>
        Translate(Decisions.Exec(1, denied: denied) with { Killed = killed }).Verdict.ShouldBe(verdict);

    [Fact]
    public void What_an_operation_does_not_have_is_absent()
    {
        var exit = Translate(Decisions.Alone(
            1, "process.exit", new GateRequest { ExitStatus = 3, RunTime = TimeSpan.FromSeconds(2) }));

        (exit.Object.Image, exit.Object.Target).ShouldBe((null, null));
        exit.Request.ShouldBe(new EventRequest { ExitStatus = 3, RunTimeNs = 2_000_000_000 });
        Translate(Decisions.Load(1, 1)).Request.ShouldBeNull();
        Translate(Decisions.Alone(1, "process.create", new GateRequest { Namespaces = ["user"], Flags = ["vfork"] })).Request!.Flags.ShouldBe(["vfork"]);
        Translate(Decisions.Load(1, 1)).Object.Image!.Kind.ShouldBe("library");
    }

    [Fact]
    public void A_rule_that_only_reports_beside_a_deciding_one_is_a_reference()
    {
        var record = Translate(Decisions.Open(1) with { AuditedRule = 1 });

        record.Mode.ShouldBe(EventMode.Enforced);
        record.Audited.ShouldNotBeNull().Rule.ShouldBe("watch");
    }

    [Theory]
    [InlineData(false, false, "missed")]
    [InlineData(true, false, "allow")]
    [InlineData(false, true, "deny")]
    public void A_rule_that_asks_says_what_its_client_answered(bool allowed, bool refused, string answer)
    {
        _names.Remember(
            1,
            [new RuleName("vendor", "p", "asks", "high", []) { Asks = true }, new RuleName("vendor", "p", "other", "low", [])],
            new Dictionary<string, int>(StringComparer.Ordinal) { ["vendor"] = 5, ["other"] = 6 });
        var load = Decisions.Load(1, 1) with { Rule = 0, Generation = 1 };
        load = load with
        {
            Image = load.Image! with { AllowedBy = allowed ? [5, 9] : [9], RefusedBy = refused ? [5, 6] : [6] },
        };
        var record = Translate(load);

        record.Answer.ShouldBe(answer);
        record.Object.Image!.Answers!.GetValueOrDefault("other").ShouldBe("deny");
        record.Object.Image.Answers!.Count.ShouldBe(allowed || refused ? 2 : 1);
        Translate(load with { Rule = 1 }).Answer.ShouldBeNull();
        Translate(load with { Generation = 99 }).Object.Image!.Answers.ShouldBeNull();
    }

    private DecisionRecord Translate(GateDecision decision)
    {
        var clock = new StreamClock(new BootClock(new ManualTimeProvider(), static () => TimeSpan.FromSeconds(1000)), TestAgent.BootId);
        return new DecisionTranslator(_names, clock).Translate(decision);
    }
}
