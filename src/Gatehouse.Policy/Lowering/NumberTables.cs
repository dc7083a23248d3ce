using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The tables of numbers: between two bounds every number passes the same tests.</summary>
internal sealed class NumberTables
{
    private readonly RowVectors _rows;
    private readonly FactKey[] _keys;
    private readonly ulong[][] _vectors;
    private readonly ArrayInterner _classes = new();

    private NumberTables(RowVectors rows, FactKey[] keys)
    {
        (_rows, _keys) = (rows, keys);
        _vectors = [.. keys.Select(k => rows.NotTesting(k))];

        // Class 0 passes no test, as for all facts: a number that nobody looked up.
        _classes.Add([.. _vectors.Select(v => rows.Values.Add(v))]);
    }

    /// <summary>Adds the tables.</summary>
    /// <returns>The bounds by <see cref="NumberTable"/>.</returns>
    public static ImmutableArray<ImmutableArray<NumberBound>> Add(RowVectors rows, TableSet tables)
    {
        var result = ImmutableArray.CreateBuilder<ImmutableArray<NumberBound>>();
        foreach (var table in Enum.GetValues<NumberTable>())
        {
            var keys = rows.Keys
                .Where(k => k.Kind == FactKind.Number && ((RangeTest)rows.Testing(k)[0].Test).Table == table)
                .ToArray();
            result.Add(keys.Length == 0 ? [] : new NumberTables(rows, keys).Build(tables));
        }

        return result.DrainToImmutable();
    }

    private ImmutableArray<NumberBound> Build(TableSet tables)
    {
        var changes = new SortedDictionary<ulong, List<(int Key, LaidOutRow Row)>> { [0] = [] };
        for (var i = 0; i < _keys.Length; i++)
        {
            foreach (var (row, test) in _rows.Testing(_keys[i]))
            {
                foreach (var range in ((RangeTest)test).Ranges)
                {
                    Change(changes, range.First, i, row);
                    if (range.Last != ulong.MaxValue)
                    {
                        Change(changes, range.Last + 1, i, row);
                    }
                }
            }
        }

        var bounds = ImmutableArray.CreateBuilder<NumberBound>();
        var values = (int[])_classes[0].Clone();
        foreach (var (bound, changed) in changes)
        {
            foreach (var (key, row) in changed)
            {
                RowVectors.Flip(_vectors[key], row);
            }

            foreach (var (key, row) in changed.DistinctBy(c => c.Key))
            {
                values[key] = _rows.Add(_vectors[key], row);
            }

            var found = _classes.Add((int[])values.Clone());
            if (bounds.Count == 0 || bounds[^1].Class != found)
            {
                bounds.Add(new NumberBound(bound, found));
            }
        }

        for (var i = 0; i < _keys.Length; i++)
        {
            tables.Add(_keys[i], ClassTableKind.Number, FactTables.Column(_classes, i));
        }

        return bounds.DrainToImmutable();
    }

    private static void Change(
        SortedDictionary<ulong, List<(int Key, LaidOutRow Row)>> changes, ulong bound, int key, LaidOutRow row)
    {
        if (!changes.TryGetValue(bound, out var list))
        {
            changes.Add(bound, list = []);
        }

        list.Add((key, row));
    }
}
