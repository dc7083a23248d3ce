using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>
/// Which of several matching rules decides, and which is reported. Each verdict is asked of both evaluators.
/// </summary>
public sealed class RuleOrderTests
{
    private const GateOperation Exec = GateOperation.ProcessExec;

    [Fact]
    public void Without_a_matching_rule_everything_is_allowed()
    {
        var image = Compile(File("p", Rule("r", "deny", "image.path == '/a'")));

        Decide(image, Exec, ["/b"], HashA).ShouldBe(new PolicyVerdict(Outcome.Allow, null, null));
    }

    [Fact]
    public void Without_any_policy_everything_is_allowed()
    {
        var image = Compile();

        image.WordCount.ShouldBe(0);
        Decide(image, Exec, ["/b"], null).ShouldBe(new PolicyVerdict(Outcome.Allow, null, null));
    }

    [Fact]
    public void The_first_of_two_matching_rules_decides()
    {
        var allowFirst = Compile(File(
            "p", Rule("good", "allow", $"image.sha256 == '{HashA}'"), Rule("bad", "deny", "image.path == '/a'")));
        var denyFirst = Compile(File(
            "p", Rule("bad", "deny", "image.path == '/a'"), Rule("good", "allow", $"image.sha256 == '{HashA}'")));

        Decide(allowFirst, Exec, ["/a"], HashA).ShouldBe(new PolicyVerdict(Outcome.Allow, 0, null));
        Decide(denyFirst, Exec, ["/a"], HashA).ShouldBe(new PolicyVerdict(Outcome.Deny, 0, null));
        Decide(allowFirst, Exec, ["/a"], HashB).ShouldBe(new PolicyVerdict(Outcome.Deny, 1, null));
    }

    [Fact]
    public void A_rule_in_audit_mode_is_reported_and_does_not_shadow_a_later_rule()
    {
        var image = Compile(File(
            "p",
            Rule("tried-out", "allow", $"image.sha256 == '{HashA}'", "mode: audit"),
            Rule("seen", "audit", "true"),
            Rule("bad", "deny", "image.path == '/a'")));

        Decide(image, Exec, ["/a"], HashA).ShouldBe(new PolicyVerdict(Outcome.Deny, 2, 0));
        Decide(image, Exec, ["/a"], HashB).ShouldBe(new PolicyVerdict(Outcome.Deny, 2, 1));
        Decide(image, Exec, ["/b"], HashB).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 1));
    }

    [Fact]
    public void A_rule_that_only_reports_is_silent_after_the_rule_that_decides()
    {
        var image = Compile(File("p", Rule("bad", "deny", "image.path == '/a'"), Rule("seen", "audit", "true")));

        Decide(image, Exec, ["/a"], HashA).ShouldBe(new PolicyVerdict(Outcome.Deny, 0, null));
        Decide(image, Exec, ["/b"], HashA).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 1));
    }

    [Fact]
    public void The_mode_of_the_file_is_the_default_of_its_rules()
    {
        var image = Compile(FileWith(
            "p",
            "mode: audit\n",
            Rule("reported", "deny", "image.path == '/a'"),
            Rule("enforced", "deny", "image.path == '/b'", "mode: enforce")));

        Decide(image, Exec, ["/a"], HashA).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 0));
        Decide(image, Exec, ["/b"], HashA).ShouldBe(new PolicyVerdict(Outcome.Deny, 1, null));
    }

    [Theory]
    [InlineData("a-allows", "b-denies")]
    [InlineData("z-allows", "b-denies")]
    public void Across_policies_a_refusal_wins_whatever_their_order(string allowing, string denying)
    {
        var image = Compile(
            File(allowing, Rule("good", "allow", $"image.sha256 == '{HashA}'")),
            File(denying, Rule("bad", "deny", "image.path == '/a'")));

        var verdict = Decide(image, Exec, ["/a"], HashA);

        verdict.Outcome.ShouldBe(Outcome.Deny);
        RuleName(image, verdict.DecidingRule).ShouldBe("bad");
        RuleName(image, Decide(image, Exec, ["/b"], HashA).DecidingRule).ShouldBe("good");
    }

    [Fact]
    public void Of_two_refusals_the_one_of_the_first_policy_is_named()
    {
        var image = Compile(
            File("b", Rule("second", "deny", "image.path == '/a'")), File("a", Rule("first", "deny", "image.path == '/a'")));

        RuleName(image, Decide(image, Exec, ["/a"], null).DecidingRule).ShouldBe("first");
    }

    [Fact]
    public void The_report_comes_from_the_first_policy_that_has_one()
    {
        var image = Compile(
            File("a", Rule("silent", "audit", "image.path == '/b'")),
            File("b", Rule("seen", "audit", "true")),
            File("c", Rule("also-seen", "audit", "true")));

        RuleName(image, Decide(image, Exec, ["/a"], null).AuditedRule).ShouldBe("seen");
    }

    [Theory]
    [InlineData("process.exec", "true", true, false, false)]
    [InlineData("image.load", "true", false, true, true)]
    [InlineData("image.load", "image.kind == 'executable'", false, true, false)]
    [InlineData("image.load", "image.kind != 'executable'", false, false, true)]
    [InlineData("[process.exec, image.load]", "image.kind == 'executable'", true, true, false)]
    [InlineData("[process.exec, image.load]", "image.kind in ['library', 'executable']", true, true, true)]
    public void A_rule_is_for_the_operations_of_its_on_and_its_kinds(
        string on, string when, bool exec, bool executable, bool library)
    {
        var image = Compile(File("p", Rule("r", "audit", when, on: on)));

        Decide(image, GateOperation.ProcessExec, [], null).AuditedRule.HasValue.ShouldBe(exec);
        Decide(image, GateOperation.ImageLoadExecutable, [], null).AuditedRule.HasValue.ShouldBe(executable);
        Decide(image, GateOperation.ImageLoadLibrary, [], null).AuditedRule.HasValue.ShouldBe(library);
    }
}
