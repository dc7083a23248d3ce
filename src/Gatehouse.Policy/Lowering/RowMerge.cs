using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>Makes one row of alternatives that differ in one fact only.</summary>
internal static class RowMerge
{
    public static List<Conjunction> Merge(List<Conjunction> rows, SetAlgebra sets)
    {
        if (rows.Count < 2 || sets.Exhausted)
        {
            return rows;
        }

        foreach (var key in rows.SelectMany(r => r.Facts).Select(f => f.Key).Distinct().Order().ToList())
        {
            // One row may have lost its last partner to an earlier key.
            if (rows.Count < 2 || !sets.TrySpend(rows.Count))
            {
                return rows;
            }

            rows = MergeBy(key, rows, sets);
        }

        return rows;
    }

    /// <summary>Replaces each group of rows that are equal but for the fact by one, at the place of its first row.</summary>
    private static List<Conjunction> MergeBy(FactKey key, List<Conjunction> rows, SetAlgebra sets)
    {
        var groups = new Dictionary<Conjunction, int>(new Conjunction.ExceptFact(key));
        var result = new List<List<Conjunction>>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Find(key) is { CanMerge: true })
            {
                ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, row, out var exists);
                if (exists)
                {
                    result[index].Add(row);
                    continue;
                }

                index = result.Count;
            }

            result.Add([row]);
        }

        return result.Count == rows.Count ? rows : [.. result.Select(group => Merged(key, group, sets))];
    }

    private static Conjunction Merged(FactKey key, List<Conjunction> group, SetAlgebra sets)
    {
        if (group.Count == 1)
        {
            return group[0];
        }

        var tests = group.Select(r => r.Find(key)!).ToList();
        return group[0].With(key, tests[0].Or(tests, sets));
    }
}
