using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Explanation;

/// <summary>What <c>gatehouse policy explain</c> has to tell.</summary>
public sealed class PolicyExplanationTests
{
    private const RuleOperations Exec = RuleOperations.ProcessExec;

    private static readonly PolicyImage s_image = PolicyModelOf();

    [Fact]
    public void Each_rule_says_what_became_of_it()
    {
        var rules = PolicyExplanation.Of(s_image).Rules;

        rules.Select(r => (r.Policy, r.Name, r.RowCount, r.Places)).ShouldBe(
        [
            ("p", "path", 1, DecisionPlaces.BeforeOperation),
            ("p", "code", 1, DecisionPlaces.BeforeFirstInstruction),
            ("p", "both", 2, DecisionPlaces.BeforeOperation | DecisionPlaces.BeforeFirstInstruction),
            ("p", "never", 0, DecisionPlaces.None),
            ("p", "reach", 1, DecisionPlaces.BeforeOperation),
        ]);
        rules[0].Operations.ShouldBe(["process.exec", "image.load"]);
        rules[1].Action.ShouldBe(RuleAction.Kill);
    }

    [Fact]
    public void Each_operation_says_what_it_costs()
    {
        var operations = PolicyExplanation.Of(s_image).Operations;

        operations.Select(o => (o.Operation, o.RowCount)).ShouldBe(
        [
            (GateOperation.ProcessExec, 2), (GateOperation.ImageLoadExecutable, 1), (GateOperation.ImageLoadLibrary, 1),
            (GateOperation.ProcessOpen, 1), (GateOperation.ProcessExecArguments, 3), (GateOperation.ImageLoadKernel, 1),
        ]);
        operations.ShouldAllBe(o => o.StepCount == s_image.Operations[o.Operation].Steps.Length && o.StepCount > 0);
    }

    [Fact]
    public void Each_fact_has_a_name()
    {
        var dimensions = PolicyExplanation.Of(s_image).Dimensions;

        dimensions.Select(d => d.Name).ShouldBe(
        [
            "process.executable (forward)", "process.executable (backward)", "process.file", "process.uid", "image.path (forward)",
            "image.sha256", "texts (forward)", "open.right", "process.container", "process.capabilities CAP_KILL",
            "ancestor(process.executable.endsWith(\"/sshd\"))", "image.memfd", "exec.arguments(text in [\"-c\"])",
        ]);
        dimensions.ShouldAllBe(d => d.ClassCount >= d.VectorCount && d.VectorCount > 1);
    }

    [Fact]
    public void The_whole_says_how_large_it_is()
    {
        var explanation = PolicyExplanation.Of(s_image);

        explanation.Tests.Select(t => t.ToString()).ShouldBe(
        [
            "TestExplanation { Of = ancestor, Text = process.executable.endsWith(\"/sshd\") }",
            "TestExplanation { Of = argument, Text = text in [\"-c\"] }",
        ]);
        explanation.RowCount.ShouldBe(5);
        explanation.WordCount.ShouldBe(3);
        explanation.VectorCount.ShouldBe(s_image.ValueCount);
        explanation.CellByteCount.ShouldBe(s_image.ValueCount * 3 * 8);
        explanation.HashCount.ShouldBe(1);
        explanation.BoundPathCount.ShouldBe(2);
        explanation.NumberBoundCount.ShouldBe(2);
        explanation.Automaton.BackwardStateCount.ShouldBeGreaterThan(5);
        explanation.Automaton.GlobStateCount.ShouldBe(0);
        explanation.LabelNeeds.HasFlag(LabelNeeds.Ancestors).ShouldBeTrue();
    }

    private static PolicyImage PolicyModelOf() => Evaluation.PolicyModel.Compile(Document(
        "p",
        Rule("path", RuleAction.Deny, And(OneOf("image.path", "/a"), OneOf("image.sha256", HashA))),
        Rule("code", RuleAction.Kill, And(Some("exec.arguments", "-c"), Not(OneOf("process.file", "/b"))), Exec),
        Rule("both", RuleAction.Kill, Or(And(Some("exec.arguments", "-c"), Flag("process.container")), Flag("image.memfd")), Exec),
        Rule("never", RuleAction.Deny, Not(True), Exec),
        Rule(
            "reach",
            RuleAction.Deny,
            And(
                OneOf("open.right", "debug"),
                Between("process.uid", 0, 99),
                Contains("process.capabilities", "CAP_KILL"),
                Ancestor(EndsWith("process.executable", "/sshd"))),
            RuleOperations.ProcessOpen)));
}
