using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>A row with everything that the vectors are made from.</summary>
internal sealed record LaidOutRow(int Position, PolicyRule Rule, Conjunction Conjunction);

/// <summary>Policies, rules and rows with their indexes; no vectors yet.</summary>
internal sealed class ImageLayout
{
    public List<CompiledPolicy> Policies { get; } = [];

    public List<CompiledRule> Rules { get; } = [];

    /// <summary>All rows, padding included.</summary>
    public List<CompiledRow> Rows { get; } = [];

    /// <summary>The rows in use.</summary>
    public List<LaidOutRow> Used { get; } = [];

    public static ImageLayout Create(
        ImmutableArray<PolicyDocument> documents, Func<PolicyRule, IReadOnlyList<Conjunction>> rowsOf)
    {
        var layout = new ImageLayout();
        foreach (var document in documents)
        {
            layout.Add(document, rowsOf);
        }

        return layout;
    }

    private void Add(PolicyDocument document, Func<PolicyRule, IReadOnlyList<Conjunction>> rowsOf)
    {
        var firstRow = Rows.Count;
        foreach (var rule in document.Rules)
        {
            foreach (var conjunction in rowsOf(rule))
            {
                Used.Add(new LaidOutRow(Rows.Count, rule, conjunction));
                Rows.Add(new CompiledRow(Rules.Count, rule.OnMiss));
            }

            Rules.Add(new CompiledRule(
                Rules.Count, Policies.Count, rule.Name, rule.Action, rule.Mode, rule.Severity, rule.Tags, rule.Description));
        }

        Policies.Add(new CompiledPolicy(
            document.Name,
            document.Client,
            document.Altitude,
            document.Description,
            firstRow,
            Rows.Count - firstRow,
            document.SourceSha256));

        // A policy whose rows all vanished keeps one word, so that each policy has words of its own.
        while (Rows.Count % 64 != 0 || Rows.Count == firstRow)
        {
            Rows.Add(CompiledRow.Padding);
        }
    }
}
