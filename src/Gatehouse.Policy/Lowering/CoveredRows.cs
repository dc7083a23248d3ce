using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>
/// Removes conjunctions that another one of the same condition covers. Looked up by value, because a rule may well have
/// thousands of alternatives with a path each, and comparing all with all would take seconds.
/// </summary>
internal sealed class CoveredRows
{
    /// <summary>Rows with more values are compared with every row instead of being listed under each.</summary>
    private const int MostIndexedValues = 16;

    private readonly List<int> _always = [];
    private readonly Dictionary<Anchor, List<int>> _byValue = [];

    private CoveredRows(List<Conjunction> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var values = rows[i].Facts
                .Select(f => (f.Key, Values: Listed(f.Test)))
                .Where(v => v.Values is { Count: <= MostIndexedValues })
                .OrderBy(v => v.Values!.Count)
                .FirstOrDefault();
            if (values.Values is null)
            {
                _always.Add(i);
                continue;
            }

            foreach (var value in values.Values.Items)
            {
                ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_byValue, new Anchor(values.Key, value), out _);
                (list ??= []).Add(i);
            }
        }
    }

    public static List<Conjunction> Remove(List<Conjunction> rows, SetAlgebra sets)
    {
        if (rows.Count < 2)
        {
            return rows;
        }

        var index = new CoveredRows(rows);
        return [.. rows.Where((row, i) => !index.Candidates(row).Any(c =>
            c != i && sets.TrySpend(1) && rows[c].Covers(row, sets) && (c < i || !row.Covers(rows[c], sets))))];
    }

    /// <summary>A row that covers this one is listed under the first value of one of its tests, or under none.</summary>
    private IEnumerable<int> Candidates(Conjunction row)
    {
        foreach (var fact in row.Facts)
        {
            if (Sought(fact.Test) is { Count: > 0 } values
                && _byValue.TryGetValue(new Anchor(fact.Key, values.Items[0]), out var list))
            {
                foreach (var candidate in list)
                {
                    yield return candidate;
                }
            }
        }

        foreach (var candidate in _always)
        {
            yield return candidate;
        }
    }

    /// <summary>The values of which whoever is listed under one and covers the test has all.</summary>
    private static ValueSet? Sought(RowTest test) =>
        test is NameTest names ? names.Clauses.FirstOrDefault(c => c.IsExact).Exact : Listed(test);

    /// <summary>The values that the test accepts, if these are all.</summary>
    private static ValueSet? Listed(RowTest test) => test switch
    {
        NameTest { Clauses: [{ IsExact: true } only] } => only.Exact,
        SetTest { Excluded: false } set => set.Values,
        _ => null,
    };

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Anchor(FactKey Key, string Value);
}
