using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Evaluation;

public sealed class TrustTests
{
    private static readonly Condition s_none = OneOf("image.trust", "none");

    [Theory]
    [InlineData("none", Outcome.Deny)]
    [InlineData("package", Outcome.Allow)]
    [InlineData("signer", Outcome.Allow)]
    public void A_known_trust_is_one_word(string trust, Outcome expected)
    {
        Decide(Of(Rule("r", RuleAction.Deny, s_none)), Trusted(trust)).Outcome.ShouldBe(expected);
        Decide(Of(Rule("r", RuleAction.Deny, Not(OneOf("image.trust", "package", "baseline", "signer")))), Trusted(trust)).Outcome.ShouldBe(expected);
    }

    [Theory]
    [InlineData(MissAnswer.Deny, Outcome.Deny)]
    [InlineData(MissAnswer.Allow, Outcome.Allow)]
    public void A_trust_that_is_not_known_is_answered_by_onMiss(MissAnswer onMiss, Outcome expected)
    {
        Decide(Of(Rule("r", RuleAction.Deny, OneOf("image.trust", "package"), onMiss: onMiss)), Trusted(null)).Outcome.ShouldBe(expected);
        Decide(Of(Rule("r", RuleAction.Deny, Not(s_none), onMiss: onMiss)), Trusted(null)).Outcome.ShouldBe(expected);
    }

    [Fact]
    public void Nobody_vouches_for_content_that_changes()
    {
        var changing = Exec() with { Image = new ImageFacts { Trust = "signer", VolatileContent = true } };

        Decide(Of(Rule("r", RuleAction.Deny, s_none, onMiss: MissAnswer.Allow)), changing).Outcome.ShouldBe(Outcome.Deny);
        Decide(Of(Rule("r", RuleAction.Deny, OneOf("image.trust", "signer"))), changing).Outcome.ShouldBe(Outcome.Allow);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_not_known_or_changes_is_not_allowed(bool changes)
    {
        var image = Of(Rule("good", RuleAction.Allow, Or(s_none, Not(s_none))), Rule("bad", RuleAction.Deny, True));
        var facts = Exec() with { Image = new ImageFacts { VolatileContent = changes } };

        RuleName(image, Decide(image, facts).DecidingRule).ShouldBe("bad");
        RuleName(image, Decide(image, Trusted("none")).DecidingRule).ShouldBe("good");
    }

    [Fact]
    public void The_classes_of_trust_are_those_that_the_kernel_side_uses()
    {
        var image = Of(
            Rule("any", RuleAction.Audit, True, RuleOperations.ProcessExec),
            Rule("none", RuleAction.Deny, s_none, RuleOperations.ProcessExec),
            Rule("allowed", RuleAction.Allow, Not(s_none), RuleOperations.ProcessExec),
            Rule("lenient", RuleAction.Deny, OneOf("image.trust", "package", "none"), RuleOperations.ProcessExec, onMiss: MissAnswer.Allow));
        var entry = image.Operations[GateOperation.ProcessExec];
        var step = entry.Steps.ShouldHaveSingleItem();

        (step.Source, step.IsMaskClass, step.IsClass).ShouldBe((9, true, false));
        entry.Needs.ShouldBe(OperationNeeds.Image | OperationNeeds.Hash | OperationNeeds.Trust);
        image.Tables[step.Table].Kind.ShouldBe(ClassTableKind.Trust);

        // Not asked: those that test it and no others. Then unknown, volatile, and by word.
        image.Tables[step.Table].Values.Select(v => image.Vector(v)[0]).ShouldBe([0b1110UL, 0b0011, 0b1011, 0b1011, 0b1101, 0b0101, 0b0101]);
    }

    /// <summary>The kernel side intersects class 0 of both facts to find whether anybody asks for the content.</summary>
    [Fact]
    public void A_content_is_asked_for_by_rows_that_test_its_hash_or_its_trust()
    {
        var image = Of(
            Rule("any", RuleAction.Audit, True, RuleOperations.ProcessExec),
            Rule("hash", RuleAction.Deny, OneOf("image.sha256", HashA), RuleOperations.ProcessExec),
            Rule("trust", RuleAction.Deny, s_none, RuleOperations.ProcessExec),
            Rule("both", RuleAction.Deny, And(OneOf("image.sha256", HashB), s_none), RuleOperations.ProcessExec),
            Rule("program", RuleAction.Deny, OneOf("process.sha256", HashA), RuleOperations.ProcessExec));
        var notAsked = image.Operations[GateOperation.ProcessExec].Steps
            .Select(s => (s.Source, image.Tables[s.Table].Kind, image.Vector(image.Tables[s.Table].Values[0])[0]));

        // The process's own hash is another fact.
        notAsked.ShouldBe(
            [(42, ClassTableKind.Hash, 0b01110UL), (9, ClassTableKind.Trust, 0b01110UL), (10, ClassTableKind.Hash, 0b10000UL)], ignoreOrder: true);
    }

    [Fact]
    public void A_digest_of_fs_verity_is_never_unknown()
    {
        var image = Of(
            Rule("is", RuleAction.Deny, OneOf("image.verityDigest", HashA), RuleOperations.ProcessExec),
            Rule("other", RuleAction.Audit, Not(OneOf("image.verityDigest", HashB)), RuleOperations.ProcessExec),
            Rule("hash", RuleAction.Deny, OneOf("image.sha256", HashB), RuleOperations.ProcessExec, onMiss: MissAnswer.Allow));
        PolicyVerdict With(string? digest) => Decide(image, Exec() with { Image = new ImageFacts { VerityDigest = digest, VolatileContent = true } });

        With(null).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 1));
        With(HashA).ShouldBe(new PolicyVerdict(Outcome.Deny, 0, null));
        With(HashB).ShouldBe(new PolicyVerdict(Outcome.Allow, null, null));
        var entry = image.Operations[GateOperation.ProcessExec];
        entry.Needs.ShouldBe(OperationNeeds.Image | OperationNeeds.Hash | OperationNeeds.Verity);
        var step = entry.Steps.Single(s => s.IsMaskClass);
        step.Source.ShouldBe(10);

        // The first four are one: a digest that no rule names.
        image.Tables[step.Table].Values.Take(4).Distinct().Count().ShouldBe(1);
        image.Hashes.Count.ShouldBe(2);
    }

    private static PolicyImage Of(params PolicyRule[] rules) => Compile(Document("p", rules));

    private static OperationFacts Trusted(string? trust) => Exec() with { Image = new ImageFacts { Trust = trust } };
}
