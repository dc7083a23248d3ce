using System.Collections.Immutable;
using Gatehouse.Abi;
using Gatehouse.Policy;

namespace Gatehouse.Kernel.Loading;

/// <summary>
/// A policy image brought together with this host: what the tables of one generation will hold. The image itself never
/// looks at the host; here each path also stands for the inodes that were found there.
/// </summary>
internal sealed class TableContents
{
    private TableContents()
    {
    }

    public required Generation Generation { get; init; }

    public required State[] States { get; init; }

    public required Number[] Numbers { get; init; }

    public required (HashKey Key, uint Class)[] Hashes { get; init; }

    public required (InodeKey Key, BoundName Name)[] Bound { get; init; }

    /// <summary>The values of all class tables, one table after another: steps say where theirs begins.</summary>
    public required uint[] Values { get; init; }

    public required Step[] Steps { get; init; }

    public required ulong[] Cells { get; init; }

    public required Row[] Rows { get; init; }

    /// <param name="image">The linked image.</param>
    /// <param name="bindings">What stands at the bound paths.</param>
    /// <param name="ancestorTestsBefore">Ancestor tests of the generation in force, by number; empty if they are not known.</param>
    /// <param name="answerSlots">By client that the image asks, where its answers are kept; null: as the image numbers them.</param>
    /// <exception cref="InvalidOperationException">The image has something that the kernel side has no room or no word for.</exception>
    public static TableContents Of(
        PolicyImage image,
        IReadOnlyList<PathBinding> bindings,
        ImmutableArray<string> ancestorTestsBefore,
        IReadOnlyDictionary<string, int>? answerSlots = null)
    {
        var vectors = new VectorStore(image);
        var values = image.Tables.Select(static t => t.Values.ToList()).ToList();
        // First the bound files, which may add classes; only then is it known where each table begins.
        var bound = BoundOf(image, bindings, values, vectors);
        var plans = new PlanTables(values, new AnswerSlots(image.AskedClients, answerSlots));
        var generation = plans.GenerationOf(image);
        generation.AncestorFrom = AncestorsFrom(image.AncestorTests?.Tests ?? [], ancestorTestsBefore);
        var numbers = NumbersOf(image, ref generation);
        return new TableContents
        {
            Generation = generation,
            States = [.. image.Automaton.States.Select(static s =>
                new State { Check = s.Check, Base = s.Base, Otherwise = s.Otherwise, Accept = s.Accept })],
            Numbers = numbers,
            Hashes = [.. image.Hashes.Select(static h => (KeyOf(h.Sha256), (uint)h.Class))],
            Bound = bound,
            Values = plans.Values,
            Steps = [.. plans.Steps],
            Cells = vectors.ToCells(),
            Rows = RowsOf(image),
        };
    }

    /// <summary>The inode as the kernel side compares it.</summary>
    public static InodeKey KeyOf(InodeIdentity inode) =>
        new() { Device = inode.Device, Inode = inode.Inode, Generation = inode.InodeGeneration };

    private static HashKey KeyOf(ImmutableArray<byte> sha256)
    {
        var key = default(HashKey);
        sha256.AsSpan().CopyTo(key.Sha256);
        return key;
    }

    private static (InodeKey, BoundName)[] BoundOf(
        PolicyImage image, IReadOnlyList<PathBinding> bindings, List<List<int>> values, VectorStore vectors)
    {
        var names = new ClassUnions(image, ClassTableKind.ForwardName, values, vectors);
        var files = new ClassUnions(image, ClassTableKind.File, values, vectors);
        var pathOf = image.BoundPaths.ToDictionary(static p => p.Path, StringComparer.Ordinal);
        return [.. bindings
            .Where(b => pathOf.ContainsKey(b.Path))
            .SelectMany(b => b.Inodes.Select(inode => (Inode: inode, Path: pathOf[b.Path])))
            .GroupBy(static b => b.Inode)
            .Select(g => (KeyOf(g.Key), NameOf(names.Of(g.Select(static b => b.Path.NameClass)), files.Of(g.Select(static b => b.Path.FileClass)))))];
    }

    /// <summary>
    /// The forward class of a bound name says everything, so the other two hold for every row. A path that no rule tests as
    /// a name is no name at all: then all three are 0, for the other two would say that every suffix and glob fits.
    /// </summary>
    private static BoundName NameOf(int nameClass, int fileClass)
    {
        var bound = new BoundName { File = (uint)fileClass };
        if (nameClass != (int)NameClass.None)
        {
            bound.Name[(int)Name.NameForward] = (uint)nameClass;
            bound.Name[(int)Name.NameBackward] = (uint)NameClass.All;
            bound.Name[(int)Name.NameGlob] = (uint)NameClass.All;
        }
        return bound;
    }

    private static Number[] NumbersOf(PolicyImage image, ref Generation generation)
    {
        var numbers = new List<Number>();
        for (var table = 0; table < image.Numbers.Length; table++)
        {
            generation.Numbers[table] = new TablePart { First = (uint)numbers.Count, Count = (uint)image.Numbers[table].Length };
            numbers.AddRange(image.Numbers[table].Select(static n => new Number { Bound = n.Bound, Class = (uint)n.Class }));
        }
        return [.. numbers];
    }

    /// <summary>A process keeps what was found out about ancestors that are long gone, as far as the new policy asks the same.</summary>
    private static InlineByte64 AncestorsFrom(ImmutableArray<string> tests, ImmutableArray<string> before)
    {
        var from = default(InlineByte64);
        for (var i = 0; i < tests.Length; i++)
            from[i] = (byte)(before.IndexOf(tests[i], 0, StringComparer.Ordinal) + 1);
        return from;
    }

    private static Row[] RowsOf(PolicyImage image)
    {
        var rows = new Row[image.Rows.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            var (index, _, action) = image.Rows[i];
            if (index < 0)
            {
                rows[i] = new Row { Rule = (uint)RuleIndex.None };
                continue;
            }
            var rule = image.Rules[index];
            rows[i] = new Row
            {
                Rule = (uint)index,
                Policy = (ushort)rule.PolicyIndex,
                Action = (byte)ActionOf(rule, action),
                Enforced = rule.Mode == RuleMode.Enforce && rule.Action != RuleAction.Audit ? (byte)1 : (byte)0,
            };
        }
        return rows;
    }

    /// <summary>A row of a rule that asks does what follows from the answer: the kernel side knows nothing of asking.</summary>
    private static Abi.Action ActionOf(CompiledRule rule, RuleAction action) => action switch
    {
        RuleAction.Ask when rule.Mode == RuleMode.Audit => Abi.Action.Audit,
        RuleAction.Allow => Abi.Action.Allow,
        RuleAction.Deny => Abi.Action.Deny,
        RuleAction.Audit => Abi.Action.Audit,
        RuleAction.Kill => Abi.Action.Kill,
        _ => throw new InvalidOperationException($"rule {rule.Name} has an action that the kernel side does not know"),
    };
}
