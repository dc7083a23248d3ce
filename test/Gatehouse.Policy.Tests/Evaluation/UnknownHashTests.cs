using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>What happens to a file whose hash could not be known in time, or whose content changes while it is used.</summary>
public sealed class UnknownHashTests
{
    [Theory]
    [InlineData("image.sha256", MissAnswer.Deny, Outcome.Deny)]
    [InlineData("image.sha256", MissAnswer.Allow, Outcome.Allow)]
    [InlineData("process.sha256", MissAnswer.Deny, Outcome.Deny)]
    [InlineData("process.sha256", MissAnswer.Allow, Outcome.Allow)]
    public void A_deny_rule_answers_as_its_onMiss_says(string field, MissAnswer onMiss, Outcome expected)
    {
        var image = Of(Rule("r", RuleAction.Deny, OneOf(field, HashA), RuleOperations.ProcessExec, onMiss: onMiss));

        Decide(image, With(field, null)).Outcome.ShouldBe(expected);
        Decide(image, With(field, HashA)).Outcome.ShouldBe(Outcome.Deny);
        Decide(image, With(field, HashB)).Outcome.ShouldBe(Outcome.Allow);
    }

    [Theory]
    [InlineData(MissAnswer.Deny, Outcome.Kill)]
    [InlineData(MissAnswer.Allow, Outcome.Allow)]
    public void A_kill_rule_does_so_too(MissAnswer onMiss, Outcome expected) =>
        Decide(
            Of(Rule("r", RuleAction.Kill, OneOf("image.sha256", HashA), RuleOperations.ProcessExec, onMiss: onMiss)),
            With("image.sha256", null)).Outcome.ShouldBe(expected);

    [Fact]
    public void The_hash_of_a_target_is_treated_as_the_others()
    {
        var image = Of(Rule("r", RuleAction.Deny, OneOf("target.sha256", HashA), RuleOperations.ProcessOpen));
        OperationFacts Open(string? hash) => new()
        {
            Operation = GateOperation.ProcessOpen,
            Target = new ProcessFacts { Sha256 = hash },
            Request = new RequestFacts { Right = "debug" },
        };

        Decide(image, Open(null)).Outcome.ShouldBe(Outcome.Deny);
        Decide(image, Open(HashA)).Outcome.ShouldBe(Outcome.Deny);
        Decide(image, Open(HashB)).Outcome.ShouldBe(Outcome.Allow);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_allow_rule_that_tests_the_hash_never_grants_what_is_unknown_or_changes(bool negated)
    {
        var test = OneOf("image.sha256", HashA);
        var image = Of(
            Rule("good", RuleAction.Allow, negated ? Not(test) : test), Rule("bad", RuleAction.Deny, OneOf("image.path", "/a")));

        RuleName(image, Decide(image, Exec("/a")).DecidingRule).ShouldBe("bad");
        RuleName(image, Decide(image, Changing("/a", HashB)).DecidingRule).ShouldBe("bad");
        RuleName(image, Decide(image, Changing("/a", HashA)).DecidingRule).ShouldBe("bad");
        RuleName(image, Decide(image, Exec("/a", negated ? HashB : HashA)).DecidingRule).ShouldBe("good");
    }

    [Fact]
    public void What_changes_has_no_hash_that_a_rule_names_whatever_onMiss_says()
    {
        foreach (var onMiss in Enum.GetValues<MissAnswer>())
        {
            var named = Of(Rule("r", RuleAction.Deny, OneOf("image.sha256", HashA), onMiss: onMiss));
            var others = Of(Rule("r", RuleAction.Deny, Not(OneOf("image.sha256", HashA)), onMiss: onMiss));

            Decide(named, Changing("/a", HashA)).Outcome.ShouldBe(Outcome.Allow);
            Decide(others, Changing("/a", HashA)).Outcome.ShouldBe(Outcome.Deny);
        }
    }

    [Fact]
    public void A_rule_without_a_hash_condition_does_not_care()
    {
        var image = Of(Rule("r", RuleAction.Deny, OneOf("image.path", "/a")));

        Decide(image, Exec("/a")).Outcome.ShouldBe(Outcome.Deny);
        Decide(image, Changing("/a", HashA)).Outcome.ShouldBe(Outcome.Deny);
    }

    [Fact]
    public void The_rest_of_the_condition_still_has_to_hold()
    {
        var image = Of(Rule("r", RuleAction.Deny, And(OneOf("image.path", "/a"), OneOf("image.sha256", HashA))));

        Decide(image, Exec("/a")).Outcome.ShouldBe(Outcome.Deny);
        Decide(image, Exec("/b")).Outcome.ShouldBe(Outcome.Allow);
    }

    [Fact]
    public void A_condition_that_no_content_can_fulfil_does_not_match_the_unknown_either()
    {
        var image = Of(Rule("r", RuleAction.Deny, And(OneOf("image.sha256", HashA), OneOf("image.sha256", HashB))));

        Decide(image, Exec("/a")).Outcome.ShouldBe(Outcome.Allow);
    }

    [Fact]
    public void A_condition_that_any_content_fulfils_is_still_one_on_the_hash()
    {
        var test = OneOf("image.sha256", HashA);
        var image = Of(Rule("r", RuleAction.Audit, Or(test, Not(test)), onMiss: MissAnswer.Allow));

        Decide(image, Exec("/a")).AuditedRule.ShouldBeNull();
        Decide(image, Exec("/a", HashA)).AuditedRule.ShouldBe(0);
        Decide(image, Exec("/a", HashB)).AuditedRule.ShouldBe(0);
    }

    [Fact]
    public void Inside_ancestor_an_unknown_hash_satisfies_nothing()
    {
        var image = Of(Rule("r", RuleAction.Deny, Ancestor(OneOf("process.sha256", HashA)), RuleOperations.ProcessExec));
        OperationFacts With(params ProgramFacts[] ancestors) =>
            Exec("/a") with { Process = new ProcessFacts { Ancestors = ancestors } };

        Decide(image, With(new ProgramFacts())).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, With(new ProgramFacts { Sha256 = HashA, VolatileContent = true })).Outcome.ShouldBe(Outcome.Allow);
        Decide(image, With(new ProgramFacts(), new ProgramFacts { Sha256 = HashA })).Outcome.ShouldBe(Outcome.Deny);
    }

    private static PolicyImage Of(params PolicyRule[] rules) => PolicyModel.Compile(PolicyModel.Document("p", rules));

    private static OperationFacts With(string field, string? hash) => field is "image.sha256"
        ? Exec("/a", hash)
        : Exec("/a") with { Process = new ProcessFacts { Sha256 = hash } };

    private static OperationFacts Changing(string path, string hash) => Exec(path) with
    {
        Image = new ImageFacts { Path = path, Sha256 = hash, VolatileContent = true },
    };
}
