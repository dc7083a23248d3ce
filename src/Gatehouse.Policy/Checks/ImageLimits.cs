using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The limits of a whole image; each error stands at the rule that goes beyond it.</summary>
internal static class ImageLimits
{
    /// <summary>What can be said before anything is lowered.</summary>
    public static void CheckRules(ImmutableArray<PolicyDocument> documents, DiagnosticBag diagnostics)
    {
        var count = documents.Sum(d => d.Rules.Length);
        if (count > PolicyLimits.MaxRules)
        {
            var rule = documents.SelectMany(d => d.Rules).ElementAt(PolicyLimits.MaxRules);
            diagnostics.Add(
                DiagnosticCatalog.TooManyRulesInAll,
                rule.Span,
                $"The {documents.Length} policies have {count} rules; at most {PolicyLimits.MaxRules} are possible. "
                + $"Rule \"{rule.Name}\" goes beyond it.",
                "use `in` lists instead of one rule for each path or hash");
        }
    }

    /// <summary>What can be said before there are tables.</summary>
    public static void CheckRows(ImageLayout layout, DiagnosticBag diagnostics)
    {
        foreach (var (kind, _, tests) in layout.TestWords.Where(w => w.Tests.Count > PolicyLimits.MaxTests))
        {
            var rule = tests[PolicyLimits.MaxTests].Rule;
            diagnostics.Add(
                DiagnosticCatalog.TooManyTests,
                rule.WhenSpan,
                $"The policies have {tests.Count} different {Word(kind)} tests; at most {PolicyLimits.MaxTests} are possible. "
                + $"Rule \"{rule.Name}\" goes beyond it.",
                kind == FactKind.Ancestor
                    ? "name several programs in one test: ancestor(process.file in [\"…\", \"…\"])"
                    : "name several texts in one test: .exists(x, x in [\"…\", \"…\"])");
        }

        if (layout.Rows.Count > PolicyLimits.MaxRows)
        {
            var rule = (layout.Used.Find(r => r.Position >= PolicyLimits.MaxRows) ?? layout.Used[^1]).Blamed;
            diagnostics.Add(
                DiagnosticCatalog.TooManyRows,
                rule.Span,
                $"The {layout.Policies.Count} policies have {layout.Used.Count} rows, {layout.Rows.Count} with each policy filled up "
                + $"to a multiple of 64; at most {PolicyLimits.MaxRows} are possible. Rule \"{rule.Name}\" goes beyond it.",
                "use `in` lists instead of one rule for each path or hash");
        }
    }

    public static void ReportAutomaton(PatternTable patterns, int index, DiagnosticBag diagnostics)
    {
        var (pattern, row) = patterns[index];
        var span = ConditionPlace.Of(row.Blamed, pattern) ?? row.Blamed.WhenSpan;
        diagnostics.Add(
            DiagnosticCatalog.AutomatonTooLarge,
            span,
            $"The {index + 1} patterns up to \"{Excerpt.Of(pattern.Text)}\" in rule \"{row.Blamed.Name}\" are too much for "
            + $"an automaton of at most {PolicyLimits.MaxAutomatonEntries} states.",
            pattern.Shape == PatternShape.Glob
                ? "patterns with `**` before other text multiply each other: use startsWith or endsWith, or fewer of them"
                : "name files by file or sha256 instead of by path");
    }

    public static void CheckTables(
        VectorTable values, ImmutableArray<OperationEntry> operations, ImageLayout layout, DiagnosticBag diagnostics)
    {
        if (values.ExceededBy is { } rule)
        {
            diagnostics.Add(
                values.ExceedsMemory ? DiagnosticCatalog.VectorsTooLarge : DiagnosticCatalog.TooManyValues,
                rule.WhenSpan,
                values.ExceedsMemory
                    ? $"The tables need more than {PolicyLimits.MaxCellBytes} bytes: {values.Count} vectors of {layout.Rows.Count} rows fit. "
                        + $"Rule \"{rule.Name}\" goes beyond it."
                    : $"The policies need more than {PolicyLimits.MaxValues} different vectors. Rule \"{rule.Name}\" goes beyond it.",
                "use `in` lists instead of one rule for each path or hash: what one rule names needs one vector");
        }

        for (var i = 0; i < operations.Length; i++)
        {
            if (operations[i].Steps.Length > PolicyLimits.MaxPlanSteps)
            {
                var operation = OperationTable.All[i];
                var last = StageRows.Of(layout, operation)[^1].Blamed;
                diagnostics.Add(
                    DiagnosticCatalog.PlanTooLong,
                    last.Span,
                    $"The rules of {PolicyWords.Of(operation)} depend on facts that take {operations[i].Steps.Length} steps; "
                    + $"at most {PolicyLimits.MaxPlanSteps} are possible.",
                    "test fewer different capabilities, flags, ancestors and arguments");
            }
        }
    }

    private static string Word(FactKind kind) => kind switch
    {
        FactKind.Ancestor => "ancestor",
        FactKind.Argument => "argument",
        _ => "environment",
    };
}
