namespace Gatehouse.Policy;

/// <summary>
/// Removes conjunctions that another one of the same condition covers. Looked up by path, because a rule may well have
/// thousands of alternatives with a path each, and comparing all with all would take seconds.
/// </summary>
internal sealed class CoveredRows
{
    /// <summary>Rows with more paths are compared with every row instead of being listed under each path.</summary>
    private const int MostIndexedPaths = 16;

    private readonly List<int> _always = [];
    private readonly Dictionary<string, List<int>> _byPath = new(StringComparer.Ordinal);

    private CoveredRows(List<Conjunction> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Paths is not { Count: <= MostIndexedPaths } paths)
            {
                _always.Add(i);
                continue;
            }

            foreach (var path in paths.Items)
            {
                if (!_byPath.TryGetValue(path, out var list))
                {
                    _byPath.Add(path, list = []);
                }

                list.Add(i);
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
            c != i && rows[c].Covers(row, sets) && (c < i || !row.Covers(rows[c], sets))))];
    }

    /// <summary>A row that covers this one has no path test, or contains this one's first path.</summary>
    private IEnumerable<int> Candidates(Conjunction row) =>
        row.Paths is not null && _byPath.TryGetValue(row.Paths.Items[0], out var list) ? _always.Concat(list) : _always;
}
