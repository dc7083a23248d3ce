using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>All patterns of an image by number, in the order of the rows that first have them.</summary>
internal sealed class PatternTable
{
    private readonly Dictionary<Pattern, int> _indexes = [];
    private readonly List<(Pattern Pattern, LaidOutRow Row)> _patterns = [];

    private PatternTable()
    {
    }

    public int Count => _patterns.Count;

    public (Pattern Pattern, LaidOutRow Row) this[int index] => _patterns[index];

    /// <summary>The whole paths.</summary>
    public IEnumerable<string> Paths => TextsOf(PatternShape.Exact);

    /// <summary>The beginnings of paths, sorted.</summary>
    public ImmutableArray<string> Prefixes => [.. TextsOf(PatternShape.Prefix).Order(StringComparer.Ordinal)];

    public static PatternTable Of(IEnumerable<LaidOutRow> rows)
    {
        var table = new PatternTable();
        foreach (var row in rows)
        {
            foreach (var fact in row.Conjunction.Facts.Where(f => f.Key.IsName))
            {
                foreach (var clause in ((NameTest)fact.Test).Clauses)
                {
                    table.Add(row, fact.Key, PatternShape.Exact, clause.Exact);
                    table.Add(row, fact.Key, ShapeOf(fact.Key.Kind), clause.Patterns);
                }
            }
        }

        return table;
    }

    public int IndexOf(FactKey key, PatternShape shape, string text) =>
        _indexes[new Pattern(shape, text, key.Role != FieldRole.Operation)];

    public static PatternShape ShapeOf(FactKind kind) => kind switch
    {
        FactKind.ForwardName => PatternShape.Prefix,
        FactKind.BackwardName => PatternShape.Suffix,
        FactKind.GlobName => PatternShape.Glob,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a fact of a name."),
    };

    private IEnumerable<string> TextsOf(PatternShape shape) =>
        _patterns.Select(p => p.Pattern).Where(p => p.IsPath && p.Shape == shape).Select(p => p.Text);

    private void Add(LaidOutRow row, FactKey key, PatternShape shape, ValueSet texts)
    {
        foreach (var text in texts.Items)
        {
            var pattern = new Pattern(shape, text, key.Role != FieldRole.Operation);
            ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_indexes, pattern, out var exists);
            if (!exists)
            {
                index = _patterns.Count;
                _patterns.Add((pattern, row));
            }
        }
    }
}
