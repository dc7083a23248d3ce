using System.Runtime.CompilerServices;
using Gatehouse.Abi;
using Gatehouse.Interop.Handles;

namespace Gatehouse.Kernel.Loading;

/// <summary>
/// The maps of maps, each with two slots, and the switch between them. <see cref="Switch"/> writes the idle slot only, so a
/// failure in the middle leaves the generation in force as it is.
/// </summary>
internal sealed class TableSet : IDisposable
{
    /// <summary>The program that labels every task: pass 1 by its program, pass 2 by those of its ancestors.</summary>
    public const string LabelProgram = "gh_label_tasks";

    private static readonly string[] s_outer =
    [
        "gh_states", "gh_numbers", "gh_hashes", "gh_bound", "gh_values", "gh_steps", "gh_cells", "gh_rows", "gh_verdicts",
        "gh_process_classes", "gh_image_classes",
    ];

    private readonly IReadOnlyDictionary<string, BpfMapShape> _shapes;
    private readonly Dictionary<string, BpfMap> _tables;
    private readonly BpfVariable<ulong> _active;
    private readonly BpfVariable<ulong> _next;
    private readonly BpfVariable<ulong> _pass;
    private readonly BpfVariable<Generations> _generations;
    private readonly BpfMap _classCounts;
    private readonly BpfIterator _labels;
    private ulong _announced;

    /// <param name="pins">The pinned maps and links.</param>
    /// <param name="shapes">Of the inner maps, from <see cref="ShapesOf"/>.</param>
    public TableSet(PinSet pins, IReadOnlyDictionary<string, BpfMapShape> shapes)
    {
        _shapes = shapes;
        _tables = s_outer.ToDictionary(static n => n, pins.OpenMap, StringComparer.Ordinal);
        _active = pins.OpenVariable<ulong>("gh_active");
        _next = pins.OpenVariable<ulong>("gh_next");
        _pass = pins.OpenVariable<ulong>("gh_pass");
        _generations = pins.OpenVariable<Generations>("gh_generations");
        _classCounts = pins.OpenMap("gh_class_counts");
        _labels = pins.OpenIterator(LabelProgram);
    }

    /// <summary>Number of the generation in force.</summary>
    public ulong Active
    {
        get
        {
            var number = 0ul;
            _active.With((ref ulong active) => number = Volatile.Read(ref active));
            return number;
        }
    }

    /// <summary>What the inner maps must look like: the kernel takes no others into a slot.</summary>
    /// <param name="kernelObject">Opened and not loaded.</param>
    public static IReadOnlyDictionary<string, BpfMapShape> ShapesOf(BpfObject kernelObject) =>
        s_outer.ToDictionary(static n => n, kernelObject.InnerShape, StringComparer.Ordinal);

    /// <summary>Fills the idle slot, has all tasks labelled for it, and switches to it.</summary>
    public ulong Switch(TableContents contents)
    {
        // An agent that died between the two stores below has left its number here, and labels for it are made meanwhile.
        Store(_next, 0);
        var number = NextNumber();
        var slot = (uint)(number % (ulong)Limit.GenerationSlots);
        Fill(slot, contents);

        // First everything with number 0, then the number: who reads the slot never sees a half-written generation.
        var generation = contents.Generation;
        generation.Number = 0;
        _generations.With((ref Generations generations) =>
        {
            generations[(int)slot] = generation;
            Volatile.Write(ref generations[(int)slot].Number, number);
        });

        _announced = number;

        // From here on what forks or executes is labelled for both generations; the passes label those that do neither.
        Store(_next, number);
        try
        {
            Label(pass: 1);
            Label(pass: 2);
            Store(_active, number);
        }
        finally
        {
            Store(_next, 0);
        }
        return number;
    }

    public void Dispose()
    {
        foreach (var map in _tables.Values.Concat<IDisposable>([_active, _next, _pass, _generations, _classCounts]))
            map.Dispose();
        _labels.Dispose();
    }

    /// <summary>
    /// The next number whose slot is idle. One that was announced in gh_next and never came in force is not used again:
    /// processes and files carry labels of it that were made by other tables.
    /// </summary>
    private ulong NextNumber()
    {
        var number = Active + 1;
        var slot = (uint)(number % (ulong)Limit.GenerationSlots);
        // An earlier agent's announcement stands in the slot, unless filling it failed afterwards.
        var used = _announced;
        _generations.With((ref Generations generations) => used = Math.Max(used, generations[(int)slot].Number));
        return used >= number ? used + (ulong)Limit.GenerationSlots : number;
    }

    /// <summary>One store of eight bytes: a hook reads the number before or after, and nothing between.</summary>
    private static void Store(BpfVariable<ulong> variable, ulong number) =>
        variable.With((ref ulong value) => Volatile.Write(ref value, number));

    private void Label(ulong pass)
    {
        Store(_pass, pass);
        _ = _labels.Run();
    }

    private void Fill(uint slot, TableContents contents)
    {
        // Hooks that still read this slot, from two generations ago, see the number change and start again.
        _generations.With((ref Generations generations) => Volatile.Write(ref generations[(int)slot].Number, 0));
        PutArray(slot, "gh_states", contents.States);
        PutArray(slot, "gh_numbers", contents.Numbers);
        PutArray(slot, "gh_values", contents.Values);
        PutArray(slot, "gh_steps", contents.Steps);
        PutArray(slot, "gh_cells", contents.Cells);
        PutArray(slot, "gh_rows", contents.Rows);
        PutHash(slot, "gh_hashes", contents.Hashes);
        PutHash(slot, "gh_bound", contents.Bound);

        // What the kernel side notes for itself starts empty: it is only true of one generation.
        using var verdicts = Create("gh_verdicts", (int)Limit.VerdictSlots);
        _tables["gh_verdicts"].UpdateInner(slot, verdicts);
        foreach (var name in (ReadOnlySpan<string>)["gh_process_classes", "gh_image_classes"])
        {
            using var classes = Create(name, (int)Limit.Classes);
            _tables[name].UpdateInner(slot, classes);
        }
        _classCounts.Update(slot * 2, 0ul);
        _classCounts.Update((slot * 2) + 1, 0ul);
    }

    private void PutArray<TValue>(uint slot, string name, TValue[] values)
        where TValue : unmanaged
    {
        using var inner = Create(name, values.Length);
        inner.UpdateArray<TValue>(values);
        _tables[name].UpdateInner(slot, inner);
    }

    private void PutHash<TKey, TValue>(uint slot, string name, (TKey Key, TValue Value)[] entries)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        using var inner = Create(name, entries.Length);
        inner.UpdateMany<TKey, TValue>([.. entries.Select(static e => e.Key)], [.. entries.Select(static e => e.Value)]);
        _tables[name].UpdateInner(slot, inner);
    }

    private BpfMap Create(string name, int entries)
    {
        var shape = _shapes[name];
        return BpfMap.Create(shape.Type, name, shape.KeySize, shape.ValueSize, entries, shape.Flags);
    }

    [InlineArray((int)Limit.GenerationSlots)]
    private struct Generations
    {
        private Generation _first;
    }
}
