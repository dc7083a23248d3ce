using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Abi;
using Gatehouse.Policy;

namespace Gatehouse.Kernel.Loading;

/// <summary>
/// A policy image brought together with this host: what the tables of one generation will hold. The image itself never
/// looks at the host; here each path also stands for its resolved spelling and for the inodes that were found there.
/// </summary>
internal sealed class TableContents
{
    private readonly List<ulong> _cells;
    private readonly int _words;
    private readonly Dictionary<(uint, uint), uint> _merged = [];

    private TableContents(PolicyImage image)
    {
        _words = image.WordCount;
        _cells = [.. image.Cells];
    }

    public Generation Generation { get; private set; }

    /// <summary>By text: the generated key structs are inline arrays, which have no usable equality.</summary>
    public Dictionary<string, uint> Paths { get; } = new(StringComparer.Ordinal);

    public Dictionary<InodeIdentity, uint> Bound { get; } = [];

    public List<(HashKey Key, uint Value)> Hashes { get; } = [];

    public Row[] Rows { get; private set; } = [];

    public ulong[] Cells => [.. _cells];

    public static TableContents Of(PolicyImage image, IReadOnlyList<PathBinding> bindings)
    {
        var contents = new TableContents(image);
        var bindingOf = bindings.ToDictionary(static b => b.Path, StringComparer.Ordinal);
        foreach (var (path, value) in image.Paths)
        {
            contents.Add(contents.Paths, path, (uint)value);
            if (!bindingOf.TryGetValue(path, out var binding))
                continue;
            if (binding.ResolvedPath is { } resolved && !string.Equals(resolved, path, StringComparison.Ordinal)
                && Encoding.UTF8.GetByteCount(resolved) < (int)Limit.PathBytes)
            {
                contents.Add(contents.Paths, resolved, (uint)value);
            }
            foreach (var inode in binding.Inodes)
                contents.Add(contents.Bound, inode, (uint)value);
        }
        foreach (var (sha256, value) in image.Hashes)
        {
            var key = default(HashKey);
            sha256.AsSpan().CopyTo(key.Sha256);
            contents.Hashes.Add((key, (uint)value));
        }
        contents.Rows = RowsOf(image);
        contents.Generation = GenerationOf(image) with { VolatileHashValue = contents.VolatileHashOf(image) };
        return contents;
    }

    /// <summary>The inode as the kernel side compares it.</summary>
    public static InodeKey KeyOf(InodeIdentity inode) =>
        new() { Device = inode.Device, Inode = inode.Inode, Generation = inode.InodeGeneration };

    /// <summary>Adds a name; one that stands for several values (a hard link that two rules name) gets their union.</summary>
    private void Add<TKey>(Dictionary<TKey, uint> table, TKey key, uint value)
        where TKey : notnull
    {
        table[key] = table.TryGetValue(key, out var other) ? Union(other, value) : value;
    }

    private uint Union(uint a, uint b)
    {
        if (a == b)
            return a;
        var pair = a < b ? (a, b) : (b, a);
        if (_merged.TryGetValue(pair, out var known))
            return known;
        var value = (uint)(_words == 0 ? 0 : _cells.Count / _words);
        for (var word = 0; word < _words; word++)
            _cells.Add(_cells[(int)(a * _words) + word] | _cells[(int)(b * _words) + word]);
        _merged[pair] = value;
        return value;
    }

    /// <summary>The path as the kernel side compares it, zero padded.</summary>
    public static PathKey KeyOf(string path)
    {
        var key = default(PathKey);
        _ = Encoding.UTF8.GetBytes(path, MemoryMarshal.AsBytes(new Span<PathKey>(ref key)));
        return key;
    }

    private static Row[] RowsOf(PolicyImage image)
    {
        var rows = new Row[image.Rows.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var index = image.Rows[i].RuleIndex;
            if (index < 0)
            {
                rows[i] = new Row { Rule = (uint)RuleIndex.None };
                continue;
            }
            var rule = image.Rules[index];
            var action = rule.Action switch
            {
                RuleAction.Allow => Abi.Action.Allow,
                RuleAction.Deny => Abi.Action.Deny,
                RuleAction.Audit => Abi.Action.Audit,
                _ => throw new InvalidOperationException($"rule {rule.Name} has an action that the kernel side does not know"),
            };
            rows[i] = new Row
            {
                Rule = (uint)index,
                Policy = (ushort)rule.PolicyIndex,
                Action = (byte)action,
                Enforced = rule.Mode == RuleMode.Enforce && rule.Action != RuleAction.Audit ? (byte)1 : (byte)0,
            };
        }
        return rows;
    }

    /// <summary>The rows for content that changes while it runs: no hash is right, and none grants anything.</summary>
    private uint VolatileHashOf(PolicyImage image)
    {
        if (_words == 0)
            return 0;
        var value = (uint)(_cells.Count / _words);
        for (var word = 0; word < _words; word++)
        {
            var grantsByHash = image.Vector(image.HashConstrainedValue)[word] & image.Vector(image.AllowValue)[word];
            _cells.Add(image.Vector(image.NoHashValue)[word] & ~grantsByHash);
        }
        return value;
    }

    private static Generation GenerationOf(PolicyImage image)
    {
        var generation = new Generation
        {
            Words = (uint)image.WordCount,
            NoPathValue = (uint)image.NoPathValue,
            NoHashValue = (uint)image.NoHashValue,
            UnknownHashValue = (uint)image.UnknownHashValue,
            HashConstrainedValue = (uint)image.HashConstrainedValue,
            EnforcedValue = (uint)image.EnforcedValue,
        };
        if (image.WordCount == 0)
            return generation;
        foreach (var operation in OperationTable.All)
        {
            var entry = image.Operations[operation];
            generation.OperationValue[(int)operation] = (uint)entry.ValueId;
            generation.NeedsPath[(int)operation] = entry.NeedsPath ? (byte)1 : (byte)0;
            generation.NeedsHash[(int)operation] = entry.NeedsHash ? (byte)1 : (byte)0;
        }
        return generation;
    }
}
