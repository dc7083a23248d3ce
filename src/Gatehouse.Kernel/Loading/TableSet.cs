using System.Runtime.CompilerServices;
using Gatehouse.Abi;
using Gatehouse.Interop.Handles;

namespace Gatehouse.Kernel.Loading;

/// <summary>
/// The maps of maps, each with two slots, and the switch between them. <see cref="Fill"/> writes the idle slot only, so a
/// failure in the middle leaves the generation in force as it is.
/// </summary>
internal sealed class TableSet(Func<string, BpfMap> open) : IDisposable
{
    private const uint InnerMapFlag = 1u << 12; // BPF_F_INNER_MAP: inner arrays may differ in length

    private readonly BpfMap _active = open("gh_active");
    private readonly BpfMap _generations = open("gh_generations");
    private readonly BpfMap _paths = open("gh_paths");
    private readonly BpfMap _bound = open("gh_bound");
    private readonly BpfMap _hashes = open("gh_hashes");
    private readonly BpfMap _cells = open("gh_cells");
    private readonly BpfMap _rows = open("gh_rows");

    /// <summary>Number of the generation in force.</summary>
    public ulong Active => _active.TryLookup(0u, out ulong number) ? number : 0;

    /// <summary>Fills the idle slot and switches to it.</summary>
    public ulong Switch(TableContents contents)
    {
        var number = Active + 1;
        var slot = (uint)(number % (ulong)Limit.GenerationSlots);
        Fill(slot, contents);

        // First everything with number 0, then the number: who reads the slot never sees a half-written generation.
        var generation = contents.Generation;
        generation.Number = 0;
        _generations.Update(slot, generation);
        generation.Number = number;
        _generations.Update(slot, generation);
        _active.Update(0u, number);
        return number;
    }

    public void Dispose()
    {
        foreach (var map in new[] { _active, _generations, _paths, _bound, _hashes, _cells, _rows })
            map.Dispose();
    }

    private void Fill(uint slot, TableContents contents)
    {
        // Hooks that still read this slot, from two generations ago, see the number change and start again.
        _generations.Update(slot, default(Generation));
        Put(_paths, slot, BpfMapType.Hash, "gh_path_table",
            [.. contents.Paths.Keys.Select(TableContents.KeyOf)], [.. contents.Paths.Values]);
        Put(_bound, slot, BpfMapType.Hash, "gh_inode_table",
            [.. contents.Bound.Keys.Select(TableContents.KeyOf)], [.. contents.Bound.Values]);
        Put(_hashes, slot, BpfMapType.Hash, "gh_hash_table",
            [.. contents.Hashes.Select(static h => h.Key)], [.. contents.Hashes.Select(static h => h.Value)]);
        var cells = contents.Cells;
        Put(_cells, slot, BpfMapType.Array, "gh_cell_table", Indices(cells.Length), cells);
        Put(_rows, slot, BpfMapType.Array, "gh_row_table", Indices(contents.Rows.Length), contents.Rows);
    }

    private static void Put<TKey, TValue>(BpfMap outer, uint slot, BpfMapType type, string name, TKey[] keys, TValue[] values)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        using var inner = BpfMap.Create(
            type, name, Unsafe.SizeOf<TKey>(), Unsafe.SizeOf<TValue>(), keys.Length, type == BpfMapType.Array ? InnerMapFlag : 0);
        inner.UpdateMany<TKey, TValue>(keys, values);
        outer.UpdateInner(slot, inner);
    }

    private static uint[] Indices(int count)
    {
        var indices = new uint[count];
        for (var i = 0; i < count; i++)
            indices[i] = (uint)i;
        return indices;
    }
}
