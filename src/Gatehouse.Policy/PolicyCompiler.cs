using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Turns parsed policies into one image. Pure: no files, no clock, no kernel; safe for use by several threads.
/// </summary>
public static class PolicyCompiler
{
    /// <summary>Compiles the policies that shall be in force together.</summary>
    /// <param name="documents">
    /// The policies, in any order: it does not change the image. None at all gives an image that allows everything.
    /// </param>
    /// <returns>The image, or the errors that concern several files or the whole set.</returns>
    public static PolicyCompilation Compile(IReadOnlyList<PolicyDocument> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var diagnostics = new DiagnosticBag();
        SetChecks.Check(documents, diagnostics);
        if (diagnostics.HasErrors)
        {
            return new PolicyCompilation(null, diagnostics.ToList());
        }

        ImmutableArray<PolicyDocument> ordered =
        [
            .. documents.OrderByDescending(d => d.Altitude).ThenBy(d => d.Name, StringComparer.Ordinal),
        ];
        var rows = Lower(ordered, diagnostics);
        if (diagnostics.HasErrors)
        {
            return new PolicyCompilation(null, diagnostics.ToList());
        }

        var layout = ImageLayout.Create(ordered, rule => rows[rule]);
        ImageLimits.Check(layout, ordered, diagnostics);
        var image = diagnostics.HasErrors ? null : ImageBuilder.Build(layout, ordered);
        return new PolicyCompilation(image, diagnostics.ToList());
    }

    private static Dictionary<PolicyRule, IReadOnlyList<Conjunction>> Lower(
        ImmutableArray<PolicyDocument> documents, DiagnosticBag diagnostics)
    {
        var sets = new SetAlgebra(new WorkBudget(PolicyLimits.MaxSetWork));
        var rows = new Dictionary<PolicyRule, IReadOnlyList<Conjunction>>();
        foreach (var rule in documents.SelectMany(d => d.Rules))
        {
            var form = RuleRows.Of(rule, sets);
            if (!ComplexityCheck.Check(rule, form, diagnostics))
            {
                break;
            }

            rows.Add(rule, form.Conjunctions);
        }

        return rows;
    }
}
