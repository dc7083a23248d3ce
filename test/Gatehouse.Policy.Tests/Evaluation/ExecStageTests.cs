using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>An exec is decided before, and once more when its arguments are known, if a rule asks for them.</summary>
public sealed class ExecStageTests
{
    private const RuleOperations On = RuleOperations.ProcessExec;

    private static readonly Condition s_code = Some("exec.arguments", "-c", "-e");

    [Fact]
    public void Without_a_rule_about_arguments_there_is_no_second_stage()
    {
        var image = Of(Rule("r", RuleAction.Kill, OneOf("image.path", "/a"), On));

        image.Operations[GateOperation.ProcessExecArguments].ShouldBe(OperationEntry.None);
        Decide(image, First("/a")).Outcome.ShouldBe(Outcome.Kill);
        Decide(image, Second("/a")).ShouldBe(new PolicyVerdict(Outcome.Allow, null, null));
    }

    [Fact]
    public void What_needs_the_arguments_is_decided_when_they_are_known()
    {
        var image = Of(Rule("r", RuleAction.Kill, And(OneOf("image.path", "/sh"), s_code), On));

        Decide(image, First("/sh", "sh", "-c")).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, Second("/sh", "sh", "-c")).Outcome.ShouldBe(Outcome.Kill);
        Decide(image, Second("/sh", "sh", "-x")).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, Second("/sh")).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, Second("/bash", "sh", "-c")).Outcome.ShouldBe(Outcome.Allow);
    }

    [Fact]
    public void An_alternative_that_does_not_need_them_is_decided_before()
    {
        var image = Of(Rule("r", RuleAction.Kill, Or(OneOf("image.path", "/evil"), s_code), On));

        Decide(image, First("/evil")).Outcome.ShouldBe(Outcome.Kill);
        Decide(image, First("/sh", "-c")).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, Second("/sh", "-c")).Outcome.ShouldBe(Outcome.Kill);
    }

    [Fact]
    public void An_allow_rule_before_keeps_its_place_and_what_refuses_has_none()
    {
        var image = Of(
            Rule("trusted", RuleAction.Allow, OneOf("process.file", "/usr/bin/build"), On),
            Rule("refused", RuleAction.Deny, OneOf("image.path", "/sh"), On),
            Rule("killed", RuleAction.Kill, s_code, On),
            Rule("seen", RuleAction.Audit, True, On));
        var trusted = new ProcessFacts { BoundPaths = ["/usr/bin/build"] };

        Decide(image, Second("/sh", "-c") with { Process = trusted }).ShouldBe(new PolicyVerdict(Outcome.Allow, 0, null));
        Decide(image, Second("/sh", "-c")).ShouldBe(new PolicyVerdict(Outcome.Kill, 2, null));
        Decide(image, Second("/sh", "-x")).ShouldBe(new PolicyVerdict(Outcome.Allow, null, null));
        Decide(image, First("/sh", "-x")).ShouldBe(new PolicyVerdict(Outcome.Deny, 1, null));
        Decide(image, First("/cat", "-c")).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 3));
    }

    [Fact]
    public void Both_answers_to_one_test_are_still_about_arguments()
    {
        var image = Of(Rule("r", RuleAction.Kill, Or(s_code, Not(s_code)), On));

        Decide(image, First("/sh", "-c")).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, Second("/sh", "-c")).Outcome.ShouldBe(Outcome.Kill);
        Decide(image, Second("/sh")).Outcome.ShouldBe(Outcome.Kill);
    }

    [Fact]
    public void A_long_argument_is_compared_by_its_first_255_bytes()
    {
        var image = Of(
            Rule("end", RuleAction.Kill, Test("exec.arguments", new ElementTest(new PatternTest(PatternKind.Suffix, "yz"))), On),
            Rule("whole", RuleAction.Kill, Some("exec.arguments", new string('x', 255)), On));

        Decide(image, Second("/sh", new string('x', 253) + "yz" + "more")).DecidingRule.ShouldBe(0);
        Decide(image, Second("/sh", new string('x', 254) + "yz")).DecidingRule.ShouldBeNull();
        Decide(image, Second("/sh", new string('x', 255) + "more")).DecidingRule.ShouldBe(1);
    }

    [Fact]
    public void Names_of_variables_are_tests_of_their_own()
    {
        var image = Of(
            Rule("env", RuleAction.Kill, Some("exec.environment", "-c"), On),
            Rule("args", RuleAction.Kill, Some("exec.arguments", "-c"), On));

        image.ArgumentTests!.Tests.ShouldBe(["text in [\"-c\"]"]);
        image.EnvironmentTests!.Word.ShouldBe(image.ArgumentTests.Word + 1);
        Decide(image, Second("/sh", "-c")).DecidingRule.ShouldBe(1);
        Decide(image, Second("/sh") with { Request = new RequestFacts { Environment = ["-c"] } }).DecidingRule.ShouldBe(0);
    }

    private static PolicyImage Of(params PolicyRule[] rules) => Compile(Document("p", rules));

    private static OperationFacts First(string path, params string[] arguments) =>
        Exec(path) with { Request = new RequestFacts { Arguments = arguments } };

    private static OperationFacts Second(string path, params string[] arguments) =>
        First(path, arguments) with { Operation = GateOperation.ProcessExecArguments };
}
