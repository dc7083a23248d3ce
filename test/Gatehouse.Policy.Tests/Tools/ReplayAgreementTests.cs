using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Policy.Tests.Evaluation;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Tools;

/// <summary>
/// What a replay judges is what the evaluator says: of complete facts always, and of incomplete ones whenever it dares to
/// judge, since the complete facts are one way to fill the gap.
/// </summary>
public sealed class ReplayAgreementTests(ITestOutputHelper output)
{
    private const int Policies = 400;
    private const int FactsEach = 30;

    private static readonly string[] s_facts = [.. FieldCatalog.All.Select(f => f.Name), RecordedOperation.Ancestors, RecordedOperation.Answers];

    [Fact]
    public void A_replay_of_complete_facts_is_the_evaluation() => Each((image, facts, _) =>
    {
        var verdict = ReplayEvaluator.Evaluate(image, new RecordedOperation(facts, []));

        var expected = PolicyEvaluator.Evaluate(image, facts);
        (verdict.Outcome, verdict.DecidingRule, verdict.AuditedRule)
            .ShouldBe((expected.Outcome, expected.DecidingRule, expected.AuditedRule));
        return true;
    }).ShouldBe(Policies * FactsEach);

    [Fact]
    public void What_is_judged_without_some_facts_is_so_with_them()
    {
        var judged = Each((image, facts, random) =>
        {
            var missing = s_facts.Where(_ => random.Next(4) == 0).ToImmutableHashSet(StringComparer.Ordinal);
            var verdict = ReplayEvaluator.Evaluate(image, new RecordedOperation(facts, missing));
            if (!verdict.IsJudged)
            {
                verdict.MissingFacts.ShouldNotBeEmpty();
                return false;
            }

            verdict.Outcome.ShouldBe(PolicyEvaluator.Evaluate(image, facts).Outcome);
            return true;
        });

        // Neither nothing nor all, or the property is about nothing.
        judged.ShouldBeInRange(Policies * FactsEach / 10, Policies * FactsEach * 9 / 10);
    }

    private int Each(Func<PolicyImage, OperationFacts, Random, bool> judge)
    {
        var first = Environment.GetEnvironmentVariable("GH_SEED") is { } named
            ? int.Parse(named, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {first} to {first + Policies - 1}"));
        var judged = 0;
        for (var seed = first; seed < first + Policies; seed++)
        {
            var random = new Random(seed);
            var image = PolicyModel.Compile([.. new RandomPolicies(random).Next().Select(PolicyModel.Document)]);
            var facts = new RandomFacts(random);
            for (var i = 0; i < FactsEach; i++)
            {
                judged += judge(image, facts.Next(), random) ? 1 : 0;
            }
        }

        return judged;
    }
}
