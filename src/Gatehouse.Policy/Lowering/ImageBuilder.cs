using System.Collections.Immutable;
using System.Collections.ObjectModel;

namespace Gatehouse.Policy;

/// <summary>Turns laid-out rows into the vectors of an image.</summary>
internal sealed class ImageBuilder
{
    /// <summary>
    /// Vectors that do not belong to a path or a hash: value 0, three operations and seven fixed ones.
    /// </summary>
    public const int FixedVectors = 11;

    private readonly ImageLayout _layout;
    private readonly int _wordCount;
    private readonly VectorTable _vectors;

    private ImageBuilder(ImageLayout layout)
    {
        _layout = layout;
        _wordCount = layout.Rows.Count / 64;
        _vectors = new VectorTable(_wordCount);
    }

    public static PolicyImage Build(ImageLayout layout, ImmutableArray<PolicyDocument> documents) =>
        new ImageBuilder(layout).Build(documents);

    private PolicyImage Build(ImmutableArray<PolicyDocument> documents)
    {
        var used = _layout.Used;
        var operations = new OperationTable([.. OperationTable.All.Select(Operation)]);
        var noPath = Add(used.Where(r => r.Conjunction.Paths is null));
        var noHash = Add(used.Where(r => r.Conjunction.Hash is null or { Excluded: true }));
        var unknownHash = Add(used.Where(r => UnknownHash.Accepts(r.Rule, r.Conjunction)));
        var hashConstrained = Add(used.Where(r => r.Conjunction.Hash is not null));
        var pathConstrained = Add(used.Where(r => r.Conjunction.Paths is not null));
        var enforced = Add(used.Where(r => r.Rule.Decides));
        var allow = Add(used.Where(r => r.Rule.Action == RuleAction.Allow));
        var paths = Paths();
        var hashes = Hashes(noHash);
        return new PolicyImage(_vectors.ToCells(), documents)
        {
            Policies = _layout.Policies.AsReadOnly(),
            Rules = _layout.Rules.AsReadOnly(),
            Rows = _layout.Rows.AsReadOnly(),
            ValueCount = _vectors.Count,
            Paths = paths,
            Hashes = hashes,
            Operations = operations,
            NoPathValue = noPath,
            NoHashValue = noHash,
            UnknownHashValue = unknownHash,
            HashConstrainedValue = hashConstrained,
            PathConstrainedValue = pathConstrained,
            EnforcedValue = enforced,
            AllowValue = allow,
        };
    }

    private OperationEntry Operation(GateOperation operation)
    {
        var rows = _layout.Used
            .Where(r => OperationMapping.Concerns(r.Rule.On, r.Conjunction.Kinds, operation))
            .ToList();
        return new OperationEntry(
            Add(rows),
            rows.Exists(r => r.Conjunction.Paths is not null),
            rows.Exists(r => r.Conjunction.Hash is not null));
    }

    private ReadOnlyCollection<PathValue> Paths()
    {
        var vectors = new SortedDictionary<string, ulong[]>(StringComparer.Ordinal);
        foreach (var row in _layout.Used)
        {
            foreach (var path in row.Conjunction.Paths?.Items ?? [])
            {
                Set(VectorOf(vectors, path), row.Position);
            }
        }

        return Array.AsReadOnly(vectors.Select(v => new PathValue(v.Key, _vectors.Add(v.Value))).ToArray());
    }

    private ReadOnlyCollection<HashValue> Hashes(int noHash)
    {
        // A hash differs from one that no rule mentions only in the rows that mention it.
        var noHashWords = _vectors[noHash];
        var vectors = new SortedDictionary<string, ulong[]>(StringComparer.Ordinal);
        foreach (var row in _layout.Used.Where(r => r.Conjunction.Hash is not null))
        {
            foreach (var hash in row.Conjunction.Hash!.Values.Items)
            {
                if (!vectors.TryGetValue(hash, out var vector))
                {
                    vectors.Add(hash, vector = (ulong[])noHashWords.Clone());
                }

                Flip(vector, row.Position);
            }
        }

        return Array.AsReadOnly(vectors
            .Select(v => new HashValue([.. Convert.FromHexString(v.Key)], _vectors.Add(v.Value)))
            .ToArray());
    }

    private ulong[] VectorOf(SortedDictionary<string, ulong[]> vectors, string key)
    {
        if (!vectors.TryGetValue(key, out var vector))
        {
            vectors.Add(key, vector = new ulong[_wordCount]);
        }

        return vector;
    }

    private int Add(IEnumerable<LaidOutRow> rows)
    {
        var vector = new ulong[_wordCount];
        foreach (var row in rows)
        {
            Set(vector, row.Position);
        }

        return _vectors.Add(vector);
    }

    private static void Set(ulong[] vector, int row) => vector[row / 64] |= 1UL << (row % 64);

    private static void Flip(ulong[] vector, int row) => vector[row / 64] ^= 1UL << (row % 64);
}
