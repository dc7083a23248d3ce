namespace Gatehouse.Policy;

/// <summary>The rows of an image by the facts that they test, and vectors of them.</summary>
internal sealed class RowVectors
{
    private readonly Dictionary<FactKey, List<(LaidOutRow Row, RowTest Test)>> _byFact = [];

    public RowVectors(IReadOnlyList<LaidOutRow> rows, VectorTable values)
    {
        Rows = rows;
        Values = values;
        All = Of(rows);
        foreach (var row in rows)
        {
            foreach (var fact in row.Conjunction.Facts)
            {
                if (!_byFact.TryGetValue(fact.Key, out var list))
                {
                    _byFact.Add(fact.Key, list = []);
                }

                list.Add((row, fact.Test));
            }
        }

        Keys = [.. _byFact.Keys.Order()];
    }

    /// <summary>The rows in use.</summary>
    public IReadOnlyList<LaidOutRow> Rows { get; }

    public VectorTable Values { get; }

    /// <summary>All rows in use.</summary>
    public ulong[] All { get; }

    /// <summary>The facts that some row tests, sorted.</summary>
    public IReadOnlyList<FactKey> Keys { get; }

    public bool IsTested(FactKey key) => _byFact.ContainsKey(key);

    /// <summary>The rows that test a fact.</summary>
    public IReadOnlyList<(LaidOutRow Row, RowTest Test)> Testing(FactKey key) =>
        _byFact.TryGetValue(key, out var rows) ? rows : [];

    /// <summary>A new vector of the rows that do not test any of these facts.</summary>
    public ulong[] NotTesting(params ReadOnlySpan<FactKey> keys)
    {
        var vector = (ulong[])All.Clone();
        foreach (var key in keys)
        {
            foreach (var (row, _) in Testing(key))
            {
                vector[row.Position / 64] &= ~(1UL << (row.Position % 64));
            }
        }

        return vector;
    }

    /// <summary>A new vector of these rows.</summary>
    public ulong[] Of(IEnumerable<LaidOutRow> rows)
    {
        var vector = new ulong[Values.WordCount];
        foreach (var row in rows)
        {
            Set(vector, row);
        }

        return vector;
    }

    /// <summary>The value of a vector, for which <paramref name="blamed"/> is named if there are too many.</summary>
    public int Add(ulong[] vector, LaidOutRow blamed)
    {
        Values.Current = blamed.Blamed;
        return Values.Add(vector);
    }

    public static void Set(ulong[] vector, LaidOutRow row) => vector[row.Position / 64] |= 1UL << (row.Position % 64);

    public static void Flip(ulong[] vector, LaidOutRow row) => vector[row.Position / 64] ^= 1UL << (row.Position % 64);
}
