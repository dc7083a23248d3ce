using System.Collections.Immutable;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Tools;

public sealed class ReplayTests
{
    [Theory]
    [InlineData("image.path == \"/x\"", true)]
    [InlineData("image.path == \"/y\"", false)]
    [InlineData("process.sha256 == \"" + ToolPolicy.HashA + "\"", null)]
    [InlineData("process.sha256 != \"" + ToolPolicy.HashA + "\"", null)]
    [InlineData("image.path == \"/y\" && process.sha256 == \"" + ToolPolicy.HashA + "\"", false)]
    [InlineData("image.path == \"/x\" || process.sha256 == \"" + ToolPolicy.HashA + "\"", true)]
    [InlineData("image.path == \"/x\" && !(process.container && process.uid == 5)", null)]
    [InlineData("image.path == \"/x\" && !(process.container && process.uid == 6)", true)]
    [InlineData("ancestor(process.executable == \"/x\")", null)]
    [InlineData("process.uid in [4, 5] && process.uid < 6 && process.uid >= 5", true)]
    [InlineData("\"CAP_CHOWN\" in process.capabilities && !(\"CAP_KILL\" in process.capabilities)", true)]
    [InlineData("image.memfd && image.fileSystem == \"tmpfs\" && image.kind == \"script\"", true)]
    [InlineData("image.overlay", false)]
    [InlineData("image.path.matches(\"/*\")", true)]
    [InlineData("image.path.startsWith(\"/xx\")", false)]
    public void A_condition_is_true_false_or_depends_on_what_is_missing(string when, bool? matches)
    {
        var verdict = Evaluate(Rule(when, "deny", mode: "enforce", on: "image.load"), Facts with { Operation = GateOperation.ImageLoadLibrary });

        verdict.Outcome.ShouldBe(matches switch { true => Outcome.Deny, false => Outcome.Allow, null => null });
        verdict.MissingFacts.IsEmpty.ShouldBe(matches is not null);
    }

    [Fact]
    public void The_facts_that_a_verdict_depends_on_are_named()
    {
        var verdict = Evaluate(Rule("process.container || ancestor(process.executable == \"/x\")", "deny"), Facts);

        verdict.MissingFacts.ShouldBe(["ancestor", "process.container"]);
    }

    [Theory]
    [InlineData("deny", "deny", true)]
    [InlineData("allow", "deny", false)]
    public void A_doubt_matters_only_if_the_outcome_does(string action, string otherwise, bool judged)
    {
        var rules = Rule("process.container", action, "first") + Rule("image.path == \"/x\"", otherwise, "second");

        var verdict = Evaluate(rules, Facts);

        verdict.IsJudged.ShouldBe(judged);
        verdict.Outcome.ShouldBe(judged ? Outcome.Deny : null);
    }

    [Fact]
    public void A_rule_in_doubt_behind_the_one_that_decides_does_not_matter() =>
        Evaluate(Rule("image.path == \"/x\"", "deny", "first") + Rule("process.container", "kill", "second"), Facts).Outcome.ShouldBe(Outcome.Deny);

    [Theory]
    [InlineData("deny", Outcome.Deny)]
    [InlineData("allow", Outcome.Allow)]
    public void A_hash_that_could_not_be_had_is_answered_by_onMiss(string onMiss, Outcome outcome) =>
        Evaluate(
            $"  - {{name: a, on: process.exec, when: 'image.sha256 == \"{ToolPolicy.HashA}\"', action: deny, onMiss: {onMiss}}}\n",
            Facts with { Image = Facts.Image with { Sha256 = null } }).Outcome.ShouldBe(outcome);

    [Theory]
    [InlineData("image.sha256 == \"" + ToolPolicy.HashA + "\"", Outcome.Allow)]
    [InlineData("image.sha256 != \"" + ToolPolicy.HashA + "\"", Outcome.Deny)]
    public void Content_that_may_change_has_a_hash_that_nobody_names(string when, Outcome outcome) =>
        Evaluate(Rule(when, "deny"), Facts with { Image = Facts.Image with { VolatileContent = true } }).Outcome.ShouldBe(outcome);

    [Fact]
    public void Arguments_are_judged_in_the_second_stage_only()
    {
        var rules = Rule("\"-e\" in exec.arguments", "kill");
        var late = Facts with { Operation = GateOperation.ProcessExecArguments, Request = new RequestFacts { Arguments = ["nc", "-e"] } };

        Evaluate(rules, Facts).Outcome.ShouldBe(Outcome.Allow);
        Evaluate(rules, late).Outcome.ShouldBe(Outcome.Kill);
        Evaluate(rules, late, "exec.arguments").MissingFacts.ShouldBe(["exec.arguments"]);
    }

    [Fact]
    public void A_rule_that_only_reports_is_told_apart_from_one_that_refuses()
    {
        var verdict = Evaluate(Rule("image.path == \"/x\"", "deny", "seen", mode: "audit"), Facts);

        (verdict.Outcome, verdict.DecidingRule, verdict.AuditedRule).ShouldBe((Outcome.Allow, null, 0));
    }

    [Fact]
    public void A_report_in_doubt_is_not_counted() =>
        Evaluate(Rule("process.container", "audit"), Facts).MissingFacts.ShouldBe(["process.container"]);

    [Fact]
    public void The_most_restrictive_policy_decides_and_is_named()
    {
        var image = ToolPolicy.Compile(
            ToolPolicy.Document(Rule("image.sha256 == \"" + ToolPolicy.HashB + "\"", "allow"), "a"),
            ToolPolicy.Document(Rule("image.path == \"/x\"", "deny"), "b"));

        var verdict = ReplayEvaluator.Evaluate(image, new RecordedOperation(Facts, []));

        (verdict.Outcome, verdict.DecidingRule).ShouldBe((Outcome.Deny, 1));
    }

    [Theory]
    [InlineData("/usr/**/nc", "/usr/a/b/nc", true)]
    [InlineData("/usr/*/nc", "/usr/a/b/nc", false)]
    [InlineData("/usr/*/nc", "/usr/bin/nc", true)]
    [InlineData("/nc.?", "/nc.1", true)]
    [InlineData("/nc.?", "/nc./", false)]
    [InlineData("/a\\\\*b", "/a*b", true)]
    [InlineData("/a\\\\*b", "/axb", false)]
    [InlineData("/**a**a**a**a**b", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Patterns_compare_as_the_language_says(string pattern, string path, bool matches) =>
        Evaluate(
            Rule($"image.path.matches(\"{pattern}\")", "deny"), Facts with { Image = Facts.Image with { Path = path, BoundPaths = [] } })
            .Outcome.ShouldBe(matches ? Outcome.Deny : Outcome.Allow);

    private static OperationFacts Facts { get; } = new()
    {
        Operation = GateOperation.ProcessExec,
        Process = new ProcessFacts { Path = "/usr/bin/bash", Uid = 5, Capabilities = 1 },
        Image = new ImageFacts
        {
            Path = "/x", BoundPaths = ["/x"], Kind = "script", Sha256 = ToolPolicy.HashB, FileSystemMagic = 0x01021994, Flags = 1,
        },
    };

    private static string Rule(string when, string action, string name = "a", string mode = "enforce", string on = "process.exec") =>
        $"  - name: {name}\n    on: {on}\n    action: {action}\n    mode: {mode}\n    when: |-\n      {when}\n";

    private static ReplayVerdict Evaluate(string rules, OperationFacts facts, params string[] missing) => ReplayEvaluator.Evaluate(
        ToolPolicy.Compile(ToolPolicy.Document(rules)),
        new RecordedOperation(facts, ImmutableHashSet.Create(
            StringComparer.Ordinal, ["ancestor", "process.sha256", "process.container", .. missing])));
}
