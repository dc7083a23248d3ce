using System.Collections.Immutable;
using System.Numerics;

namespace Gatehouse.Policy;

/// <summary>What a compiled image consists of, for <c>gatehouse policy explain</c>. The same image gives the same explanation.</summary>
public sealed record PolicyExplanation
{
    private PolicyExplanation(PolicyImage image)
    {
        Rules = RulesOf(image);
        Operations =
        [
            .. OperationTable.All.Select(o => (Operation: o, Entry: image.Operations[o])).Where(o => o.Entry.ValueId != 0)
                .Select(o => new OperationExplanation(o.Operation, RowsOf(image, o.Entry), o.Entry.Steps.Length, o.Entry.Needs)),
        ];
        Dimensions = DimensionList.Of(image);
        Tests =
        [
            .. TestsOf("ancestor", image.AncestorTests),
            .. TestsOf("argument", image.ArgumentTests),
            .. TestsOf("environment", image.EnvironmentTests),
        ];
        Automaton = image.Automaton;
        NumberBoundCount = image.Numbers.Sum(n => n.Length);
        HashCount = image.Hashes.Count;
        BoundPathCount = image.BoundPaths.Length;
        RowCount = image.Rows.Count(r => r.RuleIndex >= 0);
        WordCount = image.WordCount;
        VectorCount = image.ValueCount;
        CellByteCount = image.Cells.Length * (long)sizeof(ulong);
        LabelNeeds = image.LabelNeeds;
    }

    /// <summary>By policy and then in the order of the text.</summary>
    public ImmutableArray<RuleExplanation> Rules { get; }

    /// <summary>The operations that some rule is for.</summary>
    public ImmutableArray<OperationExplanation> Operations { get; }

    /// <summary>The facts that rules test, by kind and source.</summary>
    public ImmutableArray<DimensionExplanation> Dimensions { get; }

    /// <summary>Ancestor, argument and environment tests, by bit.</summary>
    public ImmutableArray<TestExplanation> Tests { get; }

    /// <summary>Entries, bytes, and states by machine.</summary>
    public PathAutomaton Automaton { get; }

    /// <summary>Bounds in the tables of numbers.</summary>
    public int NumberBoundCount { get; }

    /// <summary>Hashes that rules name.</summary>
    public int HashCount { get; }

    /// <summary>Paths whose files are looked up when the policy is loaded.</summary>
    public int BoundPathCount { get; }

    /// <summary>Rows of rules, without padding and tests.</summary>
    public int RowCount { get; }

    /// <summary>Words of 64 rows in a vector, padding and tests included.</summary>
    public int WordCount { get; }

    /// <summary>Different vectors.</summary>
    public int VectorCount { get; }

    /// <summary>Bytes of all vectors.</summary>
    public long CellByteCount { get; }

    /// <summary>What labels of processes depend on.</summary>
    public LabelNeeds LabelNeeds { get; }

    /// <summary>Explains an image.</summary>
    public static PolicyExplanation Of(PolicyImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new PolicyExplanation(image);
    }

    private static ImmutableArray<RuleExplanation> RulesOf(PolicyImage image)
    {
        var rows = new int[image.Rules.Count];
        var places = new DecisionPlaces[image.Rules.Count];
        for (var row = 0; row < image.Rows.Count; row++)
        {
            if (image.Rows[row].RuleIndex is var rule and >= 0)
            {
                rows[rule]++;
                places[rule] |= PlaceOf(image, row);
            }
        }

        return
        [
            .. image.Documents.SelectMany(d => d.Rules).Select((rule, i) => new RuleExplanation(
                image.Policies[image.Rules[i].PolicyIndex].Name,
                rule.Name,
                rule.Action,
                rule.Mode,
                [.. PolicyWords.Operations.Where(o => rule.On.HasFlag(o.Value)).Select(o => o.Word)],
                rows[i],
                places[i])),
        ];
    }

    private static DecisionPlaces PlaceOf(PolicyImage image, int row) =>
        OperationTable.All.Any(o => o != GateOperation.ProcessExecArguments && Has(image, image.Operations[o], row))
            ? DecisionPlaces.BeforeOperation
            : DecisionPlaces.BeforeFirstInstruction;

    private static bool Has(PolicyImage image, OperationEntry entry, int row) =>
        (image.Vector(entry.ValueId)[row / 64] >> (row % 64) & 1) != 0;

    private static int RowsOf(PolicyImage image, OperationEntry entry)
    {
        var count = 0;
        foreach (var word in image.Vector(entry.ValueId))
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    private static IEnumerable<TestExplanation> TestsOf(string of, TestWord? tests) =>
        tests?.Tests.Select(t => new TestExplanation(of, t)) ?? [];
}
