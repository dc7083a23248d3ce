using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>
/// Which of several matching rules decides, and which is reported. Each verdict is asked of both evaluators.
/// </summary>
public sealed class RuleOrderTests
{
    private static readonly Condition s_isA = OneOf("image.path", "/a");
    private static readonly Condition s_isB = OneOf("image.path", "/b");
    private static readonly Condition s_hasHashA = OneOf("image.sha256", HashA);

    [Fact]
    public void Without_a_matching_rule_everything_is_allowed() =>
        Decide(PolicyModel.Compile(Document("p", Rule("r", RuleAction.Deny, s_isA))), Exec("/b", HashA))
            .ShouldBe(new PolicyVerdict(Outcome.Allow, null, null));

    [Fact]
    public void Without_any_policy_everything_is_allowed()
    {
        var image = PolicyModel.Compile();

        image.WordCount.ShouldBe(0);
        image.Automaton.States.Length.ShouldBe(1);
        foreach (var operation in OperationTable.All)
        {
            Decide(image, Exec("/b") with { Operation = operation }).ShouldBe(new PolicyVerdict(Outcome.Allow, null, null));
        }
    }

    [Fact]
    public void The_first_of_two_matching_rules_decides()
    {
        var good = Rule("good", RuleAction.Allow, s_hasHashA);
        var bad = Rule("bad", RuleAction.Deny, s_isA);
        var allowFirst = PolicyModel.Compile(Document("p", good, bad));
        var denyFirst = PolicyModel.Compile(Document("p", bad, good));

        Decide(allowFirst, Exec("/a", HashA)).ShouldBe(new PolicyVerdict(Outcome.Allow, 0, null));
        Decide(denyFirst, Exec("/a", HashA)).ShouldBe(new PolicyVerdict(Outcome.Deny, 0, null));
        Decide(allowFirst, Exec("/a", HashB)).ShouldBe(new PolicyVerdict(Outcome.Deny, 1, null));
    }

    [Fact]
    public void A_rule_in_audit_mode_is_reported_and_does_not_shadow_a_later_rule()
    {
        var image = PolicyModel.Compile(Document(
            "p",
            Rule("tried-out", RuleAction.Allow, s_hasHashA, mode: RuleMode.Audit),
            Rule("seen", RuleAction.Audit, True),
            Rule("bad", RuleAction.Deny, s_isA)));

        Decide(image, Exec("/a", HashA)).ShouldBe(new PolicyVerdict(Outcome.Deny, 2, 0));
        Decide(image, Exec("/a", HashB)).ShouldBe(new PolicyVerdict(Outcome.Deny, 2, 1));
        Decide(image, Exec("/b", HashB)).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 1));
    }

    [Fact]
    public void A_rule_that_only_reports_is_silent_after_the_rule_that_decides()
    {
        var image = PolicyModel.Compile(Document("p", Rule("bad", RuleAction.Deny, s_isA), Rule("seen", RuleAction.Audit, True)));

        Decide(image, Exec("/a")).ShouldBe(new PolicyVerdict(Outcome.Deny, 0, null));
        Decide(image, Exec("/b")).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 1));
    }

    [Theory]
    [InlineData("a", "b", "c")]
    [InlineData("c", "b", "a")]
    [InlineData("b", "c", "a")]
    public void Across_policies_the_most_restrictive_verdict_wins_whatever_their_order(string allows, string denies, string kills)
    {
        var allowing = Document(allows, Rule("good", RuleAction.Allow, True, RuleOperations.ProcessExec));
        var denying = Document(denies, Rule("bad", RuleAction.Deny, s_isA, RuleOperations.ProcessExec));
        var killing = Document(kills, Rule("worse", RuleAction.Kill, s_isB, RuleOperations.ProcessExec));

        void Decides(PolicyImage image, OperationFacts facts, Outcome outcome, string rule)
        {
            var verdict = Decide(image, facts);
            verdict.Outcome.ShouldBe(outcome);
            RuleName(image, verdict.DecidingRule).ShouldBe(rule);
        }

        var image = PolicyModel.Compile(allowing, denying, killing);
        Decides(image, Exec("/c"), Outcome.Allow, "good");
        Decides(image, Exec("/a"), Outcome.Deny, "bad");
        Decides(image, Exec("/b"), Outcome.Kill, "worse");
        Decides(image, Exec("/a", null, "/b"), Outcome.Kill, "worse");
    }

    [Fact]
    public void Of_two_refusals_the_one_of_the_first_policy_is_named()
    {
        var image = PolicyModel.Compile(
            Document("b", Rule("second", RuleAction.Deny, s_isA)), Document("a", Rule("first", RuleAction.Deny, s_isA)));

        RuleName(image, Decide(image, Exec("/a")).DecidingRule).ShouldBe("first");
    }

    [Fact]
    public void The_report_comes_from_the_first_policy_that_has_one()
    {
        var image = PolicyModel.Compile(
            Document("a", Rule("silent", RuleAction.Audit, s_isB)),
            Document("b", Rule("seen", RuleAction.Audit, True)),
            Document("c", Rule("also-seen", RuleAction.Audit, True)));

        RuleName(image, Decide(image, Exec("/a")).AuditedRule).ShouldBe("seen");
    }

    [Fact]
    public void A_rule_is_for_the_operations_of_its_on()
    {
        foreach (var (word, on) in RandomPolicies.Operations)
        {
            var image = PolicyModel.Compile(Document("p", Rule("r", RuleAction.Audit, True, on)));

            foreach (var operation in OperationTable.All)
            {
                // The second stage of an exec is for rules that test arguments.
                var expected = string.Equals(PolicyWords.Of(operation), word, StringComparison.Ordinal)
                    && operation != GateOperation.ProcessExecArguments;
                Decide(image, Exec("/a") with { Operation = operation }).AuditedRule.HasValue.ShouldBe(expected, $"{word} {operation}");
            }
        }
    }

    [Fact]
    public void Facts_that_make_no_sense_are_refused_by_both_evaluators()
    {
        var image = PolicyModel.Compile(Document("p", Rule("r", RuleAction.Audit, True)));

        foreach (var hash in (string[])["abc", HashA.ToUpperInvariant(), new string('g', 64)])
        {
            Should.Throw<ArgumentException>(() => VectorEvaluator.Evaluate(image, Exec("/a", hash)));
            Should.Throw<ArgumentException>(() => PolicyEvaluator.Evaluate(image, Exec("/a", hash)));
        }

        var noOperation = Exec("/a") with { Operation = GateOperation.None };
        Should.Throw<ArgumentOutOfRangeException>(() => VectorEvaluator.Evaluate(image, noOperation));
        Should.Throw<ArgumentOutOfRangeException>(() => PolicyEvaluator.Evaluate(image, noOperation));
    }
}
