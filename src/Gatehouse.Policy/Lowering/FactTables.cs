using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The tables of files, words and bits.</summary>
internal static class FactTables
{
    /// <summary>Adds the tables of files.</summary>
    /// <returns>By path, the class of the file that stands there; 0 for those that no rule tests as a file.</returns>
    public static Dictionary<string, int> AddFiles(RowVectors rows, TableSet tables)
    {
        var keys = rows.Keys.Where(k => k.Kind == FactKind.File).ToArray();
        var classes = new ArrayInterner();
        var noFile = keys.Select(k => WithExcluded(rows, k)).ToArray();
        classes.Add([.. noFile.Select(v => rows.Values.Add(v))]);
        var result = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (path, naming) in Named(rows, keys))
        {
            result.Add(path, classes.Add(Flipped(rows, noFile, naming)));
        }

        for (var i = 0; i < keys.Length; i++)
        {
            var positive = rows.Of(rows.Testing(keys[i]).Where(r => r.Test.IsPositive).Select(r => r.Row));
            tables.Add(keys[i], ClassTableKind.File, Column(classes, i), rows.Values.Add(positive));
        }

        return result;
    }

    /// <summary>Adds the tables of hashes, whose classes below 4 are fixed.</summary>
    public static ImmutableArray<HashValue> AddHashes(RowVectors rows, TableSet tables)
    {
        var keys = rows.Keys.Where(k => k.Kind is FactKind.Hash or FactKind.Verity).ToArray();
        var classes = new ArrayInterner();
        var other = keys.Select(k => WithExcluded(rows, k)).ToArray();

        // A digest of fs-verity is there or not; it is never found out later.
        ulong[][] notAsked = Special(key => AskingForContent(rows, key.Role));
        ulong[][] unknown = Special(key => With(rows, key, (row, _) => UnknownHash.Accepts(row.Rule)));
        ulong[][] isVolatile = Special(key =>
            With(rows, key, (row, test) => UnknownHash.AcceptsVolatile(row.Rule, test.Excluded)));
        foreach (var vectors in (ulong[][][])[notAsked, unknown, isVolatile, other])
        {
            classes.AddApart([.. vectors.Select(v => rows.Values.Add(v))]);
        }

        var result = ImmutableArray.CreateBuilder<HashValue>();
        foreach (var (hash, naming) in Named(rows, keys))
        {
            result.Add(new HashValue([.. Convert.FromHexString(hash)], classes.Add(Flipped(rows, other, naming))));
        }

        for (var i = 0; i < keys.Length; i++)
        {
            tables.Add(keys[i], keys[i].Kind == FactKind.Verity ? ClassTableKind.Verity : ClassTableKind.Hash, Column(classes, i));
        }

        return result.DrainToImmutable();

        ulong[][] Special(Func<FactKey, ulong[]> ofHash) =>
            [.. keys.Select((key, i) => key.Kind == FactKind.Verity ? other[i] : ofHash(key))];
    }

    /// <summary>Adds the table of trust, whose classes are those of hashes that come from no table, and then the words.</summary>
    public static void AddTrust(RowVectors rows, TableSet tables)
    {
        foreach (var key in rows.Keys.Where(k => k.Kind == FactKind.Trust))
        {
            var testing = rows.Testing(key);
            int Value(Func<PolicyRule?, WordTest, bool> accepts) =>
                AddWith(rows, key, testing.Where(r => accepts(r.Row.Rule, (WordTest)r.Test)).Select(r => r.Row));
            var words = FieldCatalog.Find(ImageFields.Trust)!.Words;
            tables.Add(key, ClassTableKind.Trust,
            [
                rows.Add(AskingForContent(rows, key.Role), testing[0].Row),
                Value(static (rule, _) => UnknownHash.Accepts(rule)),
                Value(static (rule, test) => UnknownHash.AcceptsVolatile(rule, Accepts(test, 0))),
                .. words.Select(w => Value((_, test) => Accepts(test, (int)w.Value))),
            ]);
        }

        static bool Accepts(WordTest test, int word) => (test.Accepted >> word & 1) != 0;
    }

    public static void AddWords(RowVectors rows, TableSet tables)
    {
        foreach (var key in rows.Keys.Where(k => k.Kind == FactKind.Word))
        {
            var testing = rows.Testing(key);
            var highest = FieldCatalog.All
                .First(f => f.Type == FieldType.Word && f.Role == key.Role && f.Index == key.Index).Words
                .Max(w => (int)w.Value);
            var values = Enumerable.Range(0, highest + 1).Select(word => AddWith(
                rows, key, testing.Where(r => (((WordTest)r.Test).Accepted >> word & 1) != 0).Select(r => r.Row)));
            tables.Add(key, ClassTableKind.Word, [.. values]);
        }
    }

    public static void AddBits(RowVectors rows, TableSet tables)
    {
        foreach (var key in rows.Keys.Where(k => k.Kind >= FactKind.Bit))
        {
            var testing = rows.Testing(key);
            int Value(bool set) => AddWith(rows, key, testing.Where(r => ((BitTest)r.Test).Set == set).Select(r => r.Row));
            tables.Add(key, ClassTableKind.Bit, [Value(set: false), Value(set: true)]);
        }
    }

    public static IReadOnlyCollection<int> Column(ArrayInterner classes, int index) =>
        [.. Enumerable.Range(0, classes.Count).Select(c => classes[c][index])];

    /// <summary>
    /// The rows for whose sake a content is looked at: those that test its hash, and those that test who vouches for it. The same for both
    /// facts, because a plan that has both intersects their vectors: of the rows that test one, those that test the other too would be left.
    /// </summary>
    private static ulong[] AskingForContent(RowVectors rows, FieldRole role) => rows.Of(rows.Keys
        .Where(k => k.Role == role && k.Kind is FactKind.Hash or FactKind.Trust)
        .SelectMany(k => rows.Testing(k).Select(r => r.Row)));

    private static int AddWith(RowVectors rows, FactKey key, IEnumerable<LaidOutRow> accepting)
    {
        var vector = rows.NotTesting(key);
        foreach (var row in accepting)
        {
            RowVectors.Set(vector, row);
        }

        return rows.Add(vector, rows.Testing(key)[0].Row);
    }

    /// <summary>What a value fulfils that no row names.</summary>
    private static ulong[] WithExcluded(RowVectors rows, FactKey key) => With(rows, key, (_, test) => test.Excluded);

    private static ulong[] With(RowVectors rows, FactKey key, Func<LaidOutRow, SetTest, bool> accepts)
    {
        var vector = rows.NotTesting(key);
        foreach (var (row, test) in rows.Testing(key))
        {
            if (accepts(row, (SetTest)test))
            {
                RowVectors.Set(vector, row);
            }
        }

        return vector;
    }

    /// <summary>Every value that some row names, sorted, with the rows that name it by position of their key.</summary>
    private static SortedDictionary<string, List<(int Key, LaidOutRow Row)>> Named(RowVectors rows, FactKey[] keys)
    {
        var naming = new Dictionary<string, List<(int Key, LaidOutRow Row)>>(StringComparer.Ordinal);
        for (var i = 0; i < keys.Length; i++)
        {
            foreach (var (row, test) in rows.Testing(keys[i]))
            {
                foreach (var value in ((SetTest)test).Values.Items)
                {
                    if (!naming.TryGetValue(value, out var list))
                    {
                        naming.Add(value, list = []);
                    }

                    list.Add((i, row));
                }
            }
        }

        return new SortedDictionary<string, List<(int Key, LaidOutRow Row)>>(naming, StringComparer.Ordinal);
    }

    /// <summary>A value differs from one that no row names only in the rows that name it.</summary>
    private static int[] Flipped(RowVectors rows, ulong[][] unnamed, List<(int Key, LaidOutRow Row)> naming)
    {
        var values = new int[unnamed.Length];
        for (var i = 0; i < unnamed.Length; i++)
        {
            var vector = (ulong[])unnamed[i].Clone();
            foreach (var (key, row) in naming)
            {
                if (key == i)
                {
                    RowVectors.Flip(vector, row);
                }
            }

            values[i] = rows.Add(vector, naming[0].Row);
        }

        return values;
    }
}
