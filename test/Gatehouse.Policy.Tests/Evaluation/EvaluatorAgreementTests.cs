using System.Globalization;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>
/// The evaluator that walks the conditions and the one that runs plans share no code but the model; that they agree on random
/// policies is what makes the tables trustworthy.
/// </summary>
public sealed class EvaluatorAgreementTests(ITestOutputHelper output)
{
    private const int Policies = 1_500;
    private const int FactsEach = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_evaluators_agree_on_random_policies_and_facts(bool linked)
    {
        var first = Seeds.First();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {first} to {first + Policies - 1}"));
        var seen = new HashSet<(GateOperation, Outcome, bool Decided, bool Audited)>();
        for (var seed = first; seed < first + Policies; seed++)
        {
            foreach (var verdict in Compare(seed, linked))
            {
                seen.Add(verdict);
            }
        }

        // Else the agreement is about nothing: each of the twelve operations with and without verdict and report.
        seen.Count.ShouldBeGreaterThan(40);
        seen.Select(s => s.Item2).Distinct().Count().ShouldBe(3);
    }

    private static IEnumerable<(GateOperation, Outcome, bool Decided, bool Audited)> Compare(int seed, bool linked)
    {
        var random = new Random(seed);
        var policies = new RandomPolicies(random).Next();
        var image = Compile([.. policies.Select(Document)]);
        if (linked)
        {
            image = PolicyCompiler.Link(image, RandomLinks(random, image));
        }

        var facts = new RandomFacts(random);
        for (var i = 0; i < FactsEach; i++)
        {
            var operation = facts.Next();
            var byVectors = VectorEvaluator.Evaluate(image, operation);
            var byModel = PolicyEvaluator.Evaluate(image, operation);
            if (byVectors != byModel)
            {
                byVectors.ShouldBe(byModel, Describe(seed, image, policies, operation));
            }

            yield return (operation.Operation, byModel.Outcome, byModel.DecidingRule is not null, byModel.AuditedRule is not null);
        }
    }

    private static string Describe(int seed, PolicyImage image, IEnumerable<RandomPolicy> policies, OperationFacts facts)
    {
        string Of(ProgramFacts program) => $"{program}, bound [{string.Join(' ', program.BoundPaths)}]";
        var rules = image.Rules.Select(r => $"{r.Index}: " + policies
            .First(p => string.Equals(p.Name, image.Policies[r.PolicyIndex].Name, StringComparison.Ordinal)).Rules
            .First(x => string.Equals(x.Name, r.Name, StringComparison.Ordinal)).ToText());
        return string.Create(CultureInfo.InvariantCulture, $"seed {seed} {facts.Operation}\nprocess {Of(facts.Process)}\n")
            + $"ancestors {string.Join('\n', facts.Process.Ancestors.Select(Of))}\ntarget {Of(facts.Target)}\nimage {Of(facts.Image)}\n"
            + $"{facts.Request} [{string.Join(' ', facts.Request.Arguments)}] [{string.Join(' ', facts.Request.Environment)}]\n"
            + string.Concat(rules);
    }

    /// <summary>Some paths lie somewhere else: where another path of the policy stands, or another name of the facts.</summary>
    private static Dictionary<string, string> RandomLinks(Random random, PolicyImage image) => PolicyCompiler.PathsToResolve(image)
        .Where(_ => random.OneIn(2))
        .ToDictionary(p => p, _ => random.Pick<string>(["/usr/bin", "/usr", .. RandomPool.Paths, .. RandomPool.OtherNames]), StringComparer.Ordinal);
}
