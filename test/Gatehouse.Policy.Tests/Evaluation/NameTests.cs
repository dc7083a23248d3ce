using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>A file is known by several names: as it is spelled, and those its inode was bound to.</summary>
public sealed class NameTests
{
    [Fact]
    public void Any_of_the_names_is_enough()
    {
        var image = Compile(File("p", Rule("r", "deny", "image.path == '/usr/bin/nc'")));

        Decide(image, GateOperation.ProcessExec, ["/tmp/x", "/usr/bin/nc"], null).Outcome.ShouldBe(Outcome.Deny);
        Decide(image, GateOperation.ProcessExec, ["/tmp/x"], null).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, GateOperation.ProcessExec, [], null).Outcome.ShouldBe(Outcome.Allow);
    }

    [Fact]
    public void Two_names_may_match_different_rules_and_the_first_rule_decides()
    {
        var image = Compile(File("p", Rule("a", "deny", "image.path == '/a'"), Rule("b", "deny", "image.path == '/b'")));

        Decide(image, GateOperation.ProcessExec, ["/b", "/a"], null).DecidingRule.ShouldBe(0);
    }

    [Fact]
    public void The_tests_of_one_conjunction_look_at_one_name()
    {
        var image = Compile(File(
            "p", Rule("r", "deny", "image.path in ['/a', '/b'] && image.path in ['/b', '/c']")));

        Decide(image, GateOperation.ProcessExec, ["/a", "/c"], null).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, GateOperation.ProcessExec, ["/b"], null).Outcome.ShouldBe(Outcome.Deny);
    }

    [Fact]
    public void Facts_that_make_no_sense_are_refused_by_both_evaluators()
    {
        var image = Compile(File("p", Rule("r", "audit", "true")));
        var shortHash = new ImageFacts(GateOperation.ProcessExec, [], new byte[31]);
        var noOperation = new ImageFacts(GateOperation.None, [], null);

        Should.Throw<ArgumentException>(() => VectorEvaluator.Evaluate(image, shortHash));
        Should.Throw<ArgumentException>(() => PolicyEvaluator.Evaluate(image, shortHash));
        Should.Throw<ArgumentOutOfRangeException>(() => VectorEvaluator.Evaluate(image, noOperation));
        Should.Throw<ArgumentOutOfRangeException>(() => PolicyEvaluator.Evaluate(image, noOperation));
    }
}
