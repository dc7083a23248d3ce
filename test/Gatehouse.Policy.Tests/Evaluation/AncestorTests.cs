using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary><c>ancestor(x)</c>: some earlier program satisfies x as a whole.</summary>
public sealed class AncestorTests
{
    private const RuleOperations On = RuleOperations.ProcessExec;

    [Fact]
    public void What_is_joined_inside_must_hold_for_one_program()
    {
        var image = Of(Ancestor(And(OneOf("process.file", "/sshd"), EndsWith("process.executable", "/sshd"))));

        image.AncestorTests!.Tests.ShouldHaveSingleItem();
        Matches(image, Program("/usr/sbin/sshd", "/sshd")).ShouldBeTrue();
        Matches(image, Program("/usr/sbin/sshd"), Program("/tmp/x", "/cron")).ShouldBeFalse();
        Matches(image).ShouldBeFalse();
    }

    [Fact]
    public void Alternatives_inside_are_tests_of_their_own_and_one_is_enough()
    {
        var image = Of(Ancestor(Or(OneOf("process.file", "/sshd"), EndsWith("process.executable", "/cron"))));

        image.AncestorTests!.Tests.Length.ShouldBe(2);
        Matches(image, Program(null, "/sshd")).ShouldBeTrue();
        Matches(image, Program("/usr/sbin/cron")).ShouldBeTrue();
        Matches(image, Program("/usr/sbin/cat")).ShouldBeFalse();
    }

    [Fact]
    public void Without_such_an_ancestor_none_of_the_alternatives_holds()
    {
        var image = Of(Not(Ancestor(Or(OneOf("process.file", "/sshd"), And(OneOf("process.file", "/a"), Not(OneOf("process.file", "/b")))))));

        Matches(image).ShouldBeTrue();
        Matches(image, Program("/sshd")).ShouldBeTrue();
        Matches(image, Program(null, "/x"), Program(null, "/sshd")).ShouldBeFalse();
        Matches(image, Program(null, "/a")).ShouldBeFalse();
        Matches(image, Program(null, "/a", "/b")).ShouldBeTrue();
    }

    [Fact]
    public void Equal_tests_of_several_rules_are_one_and_have_a_text_that_says_so()
    {
        var image = Compile(
            Document("a", Rule("r", RuleAction.Deny, Ancestor(OneOf("process.file", "/b", "/a")), On)),
            Document("b", Rule("r", RuleAction.Audit, Not(Ancestor(Or(OneOf("process.file", "/a"), OneOf("process.file", "/b")))), On)));

        image.AncestorTests!.Tests.ShouldBe(["process.file in [\"/a\", \"/b\"]"]);
        image.AncestorTests.Word.ShouldBe(2);
        image.WordCount.ShouldBe(3);
        image.LabelNeeds.ShouldBe(LabelNeeds.Ancestors | LabelNeeds.Names);
    }

    [Fact]
    public void The_current_program_is_no_ancestor()
    {
        var image = Of(Ancestor(OneOf("process.file", "/sshd")));

        Decide(image, Exec("/a") with { Process = new ProcessFacts { BoundPaths = ["/sshd"] } }).Outcome.ShouldBe(Outcome.Allow);
    }

    private static PolicyImage Of(Condition when) =>
        Compile(Document("p", Rule("r", RuleAction.Deny, when, On), Rule("bind", RuleAction.Audit, OneOf("image.file", "/x"), On)));

    private static ProgramFacts Program(string? path, params string[] bound) => new() { Path = path, BoundPaths = bound };

    private static bool Matches(PolicyImage image, params ProgramFacts[] ancestors) =>
        Decide(image, Exec("/a") with { Process = new ProcessFacts { Ancestors = ancestors } }).Outcome == Outcome.Deny;
}
