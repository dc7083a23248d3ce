using System.Collections.Immutable;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Evaluation;

public sealed class AskTests
{
    [Theory]
    [InlineData(MissAnswer.Deny, null, Outcome.Deny)]
    [InlineData(MissAnswer.Allow, null, Outcome.Allow)]
    [InlineData(MissAnswer.Deny, ClientAnswer.Allow, Outcome.Allow)]
    [InlineData(MissAnswer.Allow, ClientAnswer.Deny, Outcome.Deny)]
    public void The_client_answers_and_else_onMiss(MissAnswer onMiss, ClientAnswer? answer, Outcome expected)
    {
        var image = Compile(DocumentOf(
            "acme", "p", 1, Rule("asked", RuleAction.Ask, OneOf("image.path", "/a"), onMiss: onMiss), Rule("last", RuleAction.Deny, True)));

        Decide(image, Answered("/a", answer)).ShouldBe(new PolicyVerdict(expected, 0, null));
        Decide(image, Answered("/b", answer)).DecidingRule.ShouldBe(1);
    }

    [Fact]
    public void A_row_of_a_rule_that_asks_becomes_three_that_say_by_themselves_what_they_do()
    {
        var image = Compile(
            DocumentOf("zeta", "first", 9, Rule("z", RuleAction.Ask, OneOf("image.path", "/a"), RuleOperations.ProcessExec)),
            DocumentOf("acme", "second", 1, Rule("a", RuleAction.Ask, OneOf("image.path", "/b"), RuleOperations.ProcessExec, onMiss: MissAnswer.Allow)));
        var entry = image.Operations[GateOperation.ProcessExec];

        image.AskedClients.ShouldBe(["acme", "zeta"]);
        image.Rows.Take(3).Select(r => (r.RuleIndex, r.Action)).ShouldBe([(0, RuleAction.Deny), (0, RuleAction.Allow), (0, RuleAction.Deny)]);
        image.Rows.Skip(64).Take(3).Select(r => (r.RuleIndex, r.Action)).ShouldBe([(1, RuleAction.Deny), (1, RuleAction.Allow), (1, RuleAction.Allow)]);
        entry.Needs.HasFlag(OperationNeeds.Answers).ShouldBeTrue();
        entry.Steps.Where(s => !s.IsClass).Select(s => (s.Source, s.Bit)).ShouldBe([(11, 0), (11, 1), (11, 16), (11, 17)], ignoreOrder: true);
    }

    [Fact]
    public void An_answer_counts_for_the_policies_of_its_client_only()
    {
        var image = Compile(
            DocumentOf("zeta", "a", 9, Rule("r", RuleAction.Ask, True)), DocumentOf("acme", "b", 1, Rule("r", RuleAction.Ask, True)));

        Decide(image, Answered("/a", ClientAnswer.Allow)).ShouldBe(new PolicyVerdict(Outcome.Deny, 0, null));
        Decide(image, Answered("/a", null) with
        {
            Image = new ImageFacts
            {
                Answers = ImmutableDictionary<string, ClientAnswer>.Empty.Add("acme", ClientAnswer.Deny).Add("zeta", ClientAnswer.Allow),
            },
        }).ShouldBe(new PolicyVerdict(Outcome.Deny, 1, null));
    }

    [Fact]
    public void In_mode_audit_nobody_is_asked()
    {
        var image = Compile(DocumentOf("acme", "p", 1, Rule("r", RuleAction.Ask, True, mode: RuleMode.Audit)));

        image.AskedClients.ShouldBeEmpty();
        image.Rows.Count(r => r.RuleIndex >= 0).ShouldBe(1);
        Decide(image, Answered("/a", ClientAnswer.Deny)).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 0));
    }

    [Theory]
    [InlineData(RuleMode.Enforce)]
    [InlineData(RuleMode.Audit)]
    public void Nobody_is_asked_about_a_bpf_program(RuleMode mode)
    {
        var image = Compile(DocumentOf("acme", "p", 1, Rule("r", RuleAction.Ask, True, RuleOperations.ImageLoad, mode)));

        Decide(image, new OperationFacts { Operation = GateOperation.ImageLoadProgram }).ShouldBe(default);
    }

    [Fact]
    public void As_many_clients_can_be_asked_as_there_can_be_policies() =>
        PolicyLimits.MaxPolicies.ShouldBeLessThanOrEqualTo(ImageFields.RefusedBit);

    private static OperationFacts Answered(string path, ClientAnswer? answer)
    {
        var facts = Exec(path);
        return answer is not { } given ? facts : facts with
        {
            Image = facts.Image with { Answers = ImmutableDictionary<string, ClientAnswer>.Empty.Add("acme", given) },
        };
    }
}
