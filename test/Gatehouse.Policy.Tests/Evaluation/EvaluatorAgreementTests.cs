using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>
/// The evaluator that walks the conditions and the one that intersects vectors share no code but the parser; that they
/// agree on random policies is what makes the vectors trustworthy.
/// </summary>
public sealed class EvaluatorAgreementTests
{
    private static readonly ImageFacts[] AllFacts = [.. EnumerateFacts()];

    [Fact]
    public void Both_evaluators_agree_on_random_policies_and_all_facts_about_them()
    {
        var compiled = 0;
        var refused = 0;
        var outcomes = new HashSet<(Outcome, bool Decided, bool Audited)>();
        Prop.ForAll(Arb.From(RandomPolicies.Files), files =>
        {
            if (TryCompile(files) is not { } image)
            {
                refused++;
                return;
            }

            compiled++;
            foreach (var facts in AllFacts)
            {
                var byVectors = VectorEvaluator.Evaluate(image, facts);
                var byModel = PolicyEvaluator.Evaluate(image, facts);
                if (byVectors != byModel)
                {
                    byVectors.ShouldBe(byModel, $"{Describe(facts)}\n{string.Join("\n---\n", files)}");
                }

                outcomes.Add((byModel.Outcome, byModel.DecidingRule is not null, byModel.AuditedRule is not null));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

        // Else the agreement is about nothing.
        compiled.ShouldBeGreaterThan(1_000, $"{refused} were refused");
        outcomes.Count.ShouldBe(6, "every combination of outcome, decided and audited must have occurred");
    }

    /// <summary>
    /// Refusals must be the ones the generator cannot avoid; anything else is a fault of one of the two.
    /// </summary>
    private static PolicyImage? TryCompile(string[] files)
    {
        var results = files.Select((f, i) => TestPolicy.Parse(f, $"file{i}")).ToList();
        if (results.Exists(r => r.Document is null))
        {
            var errors = results.SelectMany(r => r.Diagnostics).Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
            errors.ShouldAllBe(d => d.Code == "GH3003", string.Join('\n', errors));
            return null;
        }

        var compilation = PolicyCompiler.Compile([.. results.Select(r => r.Document!)]);
        compilation.Diagnostics.ShouldBeEmpty();
        return compilation.Image;
    }

    private static IEnumerable<ImageFacts> EnumerateFacts()
    {
        string[][] names =
        [
            [], ["/a"], ["/b"], ["/c"], ["/d"], ["/nowhere"], ["/a", "/b"], ["/c", "/d"], ["/nowhere", "/c"],
            ["/a", "/b", "/c", "/d"],
        ];
        byte[]?[] hashes =
        [
            null, new byte[32], .. RandomPolicies.Hashes.Select(Convert.FromHexString),
        ];
        return from operation in OperationTable.All
               from name in names
               from hash in hashes
               select new ImageFacts(operation, name, hash);
    }

    private static string Describe(ImageFacts facts) =>
        $"{facts.Operation} [{string.Join(' ', facts.Names)}] {(facts.Sha256 is { } h ? Convert.ToHexString(h)[..4] : "unknown")}";
}
