namespace Gatehouse.Policy;

/// <summary>
/// Finds rules that can never be the first match, because earlier rules that decide match whenever they do.
/// </summary>
internal static class ShadowLint
{
    /// <summary>
    /// Pairs of rows and elements looked at per file; beyond it the lint gives up silently, being only a lint.
    /// </summary>
    private const long Budget = 20_000_000;

    public static void Check(IReadOnlyList<LoweredRule> rules, DiagnosticBag diagnostics)
    {
        var budget = new WorkBudget(Budget);
        var sets = new SetAlgebra(budget);
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, rows) = rules[i];
            PolicyRule? by = null;
            var shadowed = rows.Count > 0 && rows.All(row =>
            {
                var cover = rules.Take(i).FirstOrDefault(earlier => Covers(earlier, rule, row, sets, budget))?.Rule;
                by ??= cover;
                return cover is not null;
            });
            if (budget.Exhausted)
            {
                return;
            }

            if (shadowed)
            {
                diagnostics.Add(
                    DiagnosticCatalog.Shadowed,
                    rule.Span,
                    $"The rule \"{rule.Name}\" never takes effect: \"{by!.Name}\" in line {by.Span.StartLine} decides first whenever it matches.",
                    "move it up, or leave it out");
            }
        }
    }

    private static bool Covers(
        LoweredRule earlier, PolicyRule rule, Conjunction row, SetAlgebra sets, WorkBudget budget) =>
        earlier.Rule.Decides && earlier.Rows.Any(outer =>
            budget.TrySpend(1)
            && OperationTable.All.All(operation =>
                !OperationMapping.Concerns(rule.On, row.Kinds, operation)
                || OperationMapping.Concerns(earlier.Rule.On, outer.Kinds, operation))
            && (!UnknownHash.Accepts(rule, row) || UnknownHash.Accepts(earlier.Rule, outer))
            && (outer with { Kinds = ImageKinds.Any }).Covers(row, sets));
}
