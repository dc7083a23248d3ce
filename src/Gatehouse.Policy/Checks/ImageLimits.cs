using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The limits of a whole image; each error stands at the rule that goes beyond it.</summary>
internal static class ImageLimits
{
    public static void Check(ImageLayout layout, ImmutableArray<PolicyDocument> documents, DiagnosticBag diagnostics)
    {
        if (layout.Rows.Count > PolicyLimits.MaxRows)
        {
            var rule = layout.Used.Find(r => r.Position >= PolicyLimits.MaxRows)?.Rule ?? layout.Used[^1].Rule;
            diagnostics.Add(
                DiagnosticCatalog.TooManyRows,
                rule.Span,
                $"The {documents.Length} policies have {layout.Used.Count} rows, {layout.Rows.Count} with each policy filled up "
                + $"to a multiple of 64; at most {PolicyLimits.MaxRows} are possible. Rule \"{rule.Name}\" goes beyond it.",
                "use `in` lists instead of one rule for each path or hash");
        }

        CheckValues(layout, diagnostics);
    }

    private static void CheckValues(ImageLayout layout, DiagnosticBag diagnostics)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var sets = new HashSet<ValueSet>();
        PolicyRule? first = null;
        foreach (var row in layout.Used)
        {
            // Paths start with a slash and hashes do not, so that one set holds both.
            foreach (var set in new[] { row.Conjunction.Paths, row.Conjunction.Hash?.Values }.OfType<ValueSet>())
            {
                if (sets.Add(set))
                {
                    seen.UnionWith(set.Items);
                }
            }

            if (seen.Count + ImageBuilder.FixedVectors > PolicyLimits.MaxValues)
            {
                first ??= row.Rule;
            }
        }

        if (first is not null)
        {
            diagnostics.Add(
                DiagnosticCatalog.TooManyValues,
                first.WhenSpan,
                $"The policies name {seen.Count} different paths and hashes; at most "
                + $"{PolicyLimits.MaxValues - ImageBuilder.FixedVectors} are possible. Rule \"{first.Name}\" goes beyond it.",
                "divide what is listed between several hosts, or name fewer files");
        }
    }
}
