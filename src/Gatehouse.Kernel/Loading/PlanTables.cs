using Gatehouse.Abi;
using Gatehouse.Policy;

namespace Gatehouse.Kernel.Loading;

/// <summary>The plans of an image as the kernel side walks them: one list of steps, over one list of values.</summary>
internal sealed class PlanTables
{
    private readonly TablePart[] _tables;
    private readonly IReadOnlyList<List<int>> _values;
    private readonly AnswerSlots _slots;

    /// <param name="tables">By class table and class: the value.</param>
    /// <param name="slots">Where the kernel side keeps the answers of which client.</param>
    public PlanTables(IReadOnlyList<List<int>> tables, AnswerSlots slots)
    {
        _slots = slots;
        _tables = new TablePart[tables.Count];
        _values = tables;
        var first = 0u;
        for (var i = 0; i < tables.Count; i++)
        {
            _tables[i] = new TablePart { First = first, Count = (uint)tables[i].Count };
            first += (uint)tables[i].Count;
        }
        Values = [.. tables.SelectMany(static t => t).Select(static v => (uint)v)];
    }

    public uint[] Values { get; }

    public List<Step> Steps { get; } = [];

    /// <summary>Describes an image, and collects the steps of its plans.</summary>
    public Generation GenerationOf(PolicyImage image)
    {
        var generation = new Generation { Words = (uint)image.WordCount };
        if (image.WordCount == 0)
            return generation;
        generation.EnforcedValue = (uint)image.EnforcedValue;
        generation.LabelNeeds = (uint)image.LabelNeeds;
        generation.AutomatonStart[(int)Name.NameForward] = (uint)image.Automaton.ForwardStart;
        generation.AutomatonStart[(int)Name.NameBackward] = (uint)image.Automaton.BackwardStart;
        generation.AutomatonStart[(int)Name.NameGlob] = (uint)image.Automaton.GlobStart;
        generation.AutomatonStates = (uint)image.Automaton.States.Length;
        foreach (var operation in OperationTable.All)
            Add(ref generation, (int)operation, image.Operations[operation]);
        generation.OpenRights = RightsOf(image, GateOperation.ProcessOpen) | RightsOf(image, GateOperation.ThreadOpen);
        if ((image.Operations[GateOperation.ProcessOpen].Needs | image.Operations[GateOperation.ThreadOpen].Needs).HasFlag(OperationNeeds.Child))
            generation.OpenRights |= (uint)OpenFlag.TestsChild;
        generation.OpenNeeds[0] = (uint)OpenNeedsOf(image, Source.Process, Mask.Process);
        generation.OpenNeeds[1] = (uint)OpenNeedsOf(image, Source.Target, Mask.Target);
        AddTests(ref generation, Operation.AncestorTests, image.AncestorTests, image.AncestorPlan);
        AddTests(ref generation, Operation.ArgumentTests, image.ArgumentTests, image.ArgumentPlan);
        AddTests(ref generation, Operation.EnvironmentTests, image.EnvironmentTests, image.EnvironmentPlan);
        return generation;
    }

    /// <summary>The rights for which some row can match, whatever the other facts are: bit r for right r.</summary>
    private uint RightsOf(PolicyImage image, GateOperation operation)
    {
        var entry = image.Operations[operation];
        var rights = 0u;
        for (var right = 0; right < (int)Right.Count; right++)
        {
            var rows = image.Vector(entry.ValueId).ToArray();
            foreach (var step in entry.Steps.Where(static s => s.IsClass && s.Source == (int)Source.Operation + (int)OperationSource.Right))
                Intersect(rows, image.Vector(_values[step.Table][right]));
            if (rows.AsSpan().ContainsAnyExcept(0ul))
                rights |= 1u << right;
        }
        return rights;
    }

    /// <summary>What rules of opening test of a role that can change while the process runs the same program.</summary>
    private static LabelNeed OpenNeedsOf(PolicyImage image, Source role, Mask mask)
    {
        LabelNeed needs = default;
        foreach (var step in image.Operations[GateOperation.ProcessOpen].Steps.Concat(image.Operations[GateOperation.ThreadOpen].Steps))
        {
            needs |= step.IsClass
                ? (ProcessSource)(step.Source - (int)role) switch
                {
                    ProcessSource.Uid => LabelNeed.Uid,
                    ProcessSource.EffectiveUid => LabelNeed.EffectiveUid,
                    ProcessSource.Gid => LabelNeed.Gid,
                    ProcessSource.EffectiveGid => LabelNeed.EffectiveGid,
                    ProcessSource.LoginUid => LabelNeed.LoginUid,
                    _ => default,
                }
                : (ProcessMask)(step.Source - (int)mask) switch
                {
                    ProcessMask.MaskFlags => LabelNeed.Flags,
                    ProcessMask.MaskCapabilities => LabelNeed.Capabilities,
                    _ => default,
                };
        }
        return needs;
    }

    private static void Intersect(ulong[] rows, ReadOnlySpan<ulong> with)
    {
        for (var i = 0; i < rows.Length; i++)
            rows[i] &= with[i];
    }

    private void AddTests(ref Generation generation, Operation operation, TestWord? tests, OperationEntry plan)
    {
        Add(ref generation, (int)operation, plan);
        if (tests is null)
            return;
        var index = (int)operation - (int)Operation.AncestorTests;
        generation.TestsWord[index] = (uint)tests.Word;
        generation.TestsCount[index] = (uint)tests.Tests.Length;
    }

    private void Add(ref Generation generation, int operation, OperationEntry entry)
    {
        if (entry.Steps.Length > (int)Limit.MaxSteps)
            throw new InvalidOperationException($"the plan of operation {operation} has {entry.Steps.Length} steps; {(int)Limit.MaxSteps} are possible");
        generation.OperationValue[operation] = (uint)entry.ValueId;
        generation.OperationNeeds[operation] = (uint)entry.Needs;
        generation.Plan[operation] = new TablePart { First = (uint)Steps.Count, Count = (uint)entry.Steps.Length };
        Steps.AddRange(entry.Steps.Select(StepOf));
    }

    private Step StepOf(PlanStep step) => new()
    {
        Base = _tables[step.Table].First,
        Count = _tables[step.Table].Count,
        Source = (ushort)step.Source,
        Kind = (byte)(step.IsClass ? StepKind.Class : step.IsMaskClass ? StepKind.MaskClass : StepKind.Mask),
        Bit = (byte)Math.Max(_slots.BitOf(step), 0),
        Flags = (uint)((step.BeginsTerm ? StepFlag.TermBegin : default)
            | (step.EndsTerm ? StepFlag.TermEnd : default)
            | (step.EndsGroup ? StepFlag.GroupEnd : default)),
    };
}
