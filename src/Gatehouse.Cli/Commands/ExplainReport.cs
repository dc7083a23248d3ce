using System.Text.Json;
using Gatehouse.Policy;

namespace Gatehouse.Cli.Commands;

/// <summary>What <c>gatehouse policy explain --json</c> prints.</summary>
internal sealed record ExplainReport(
    string Fingerprint,
    IReadOnlyList<ExplainedRule> Rules,
    IReadOnlyList<ExplainedOperation> Operations,
    IReadOnlyList<ExplainedDimension> Dimensions,
    IReadOnlyList<ExplainedTest> Tests,
    ExplainedAtoms Atoms,
    ExplainedAutomaton Automaton,
    IReadOnlyList<ExplainedLimit> Limits)
{
    public static ExplainReport Of(PolicyImage image)
    {
        var explanation = PolicyExplanation.Of(image);
        var automaton = explanation.Automaton;
        return new ExplainReport(
            image.Fingerprint,
            [.. explanation.Rules.Select(Rule)],
            [.. explanation.Operations.Select(static o => new ExplainedOperation(
                PolicyWords.Of(o.Operation), Stage(o.Operation), o.RowCount, o.StepCount, Words(o.Needs)))],
            [.. explanation.Dimensions.Select(static d => new ExplainedDimension(d.Name, Word(d.Kind.ToString()), d.ClassCount, d.VectorCount))],
            [.. explanation.Tests.Select(static t => new ExplainedTest(t.Of, t.Text))],
            new ExplainedAtoms(explanation.BoundPathCount, explanation.HashCount, explanation.NumberBoundCount, explanation.Tests.Length),
            new ExplainedAutomaton(
                automaton.States.Length, automaton.ByteCount, automaton.ForwardStateCount, automaton.BackwardStateCount, automaton.GlobStateCount),
            Limit(image, explanation));
    }

    private static ExplainedRule Rule(RuleExplanation rule) => new(
        rule.Policy,
        rule.Name,
        PolicyWords.Of(rule.Action),
        PolicyWords.Of(rule.Mode),
        rule.Operations,
        rule.RowCount,
        [.. Places(rule.Places)]);

    private static IEnumerable<string> Places(DecisionPlaces places)
    {
        if (places.HasFlag(DecisionPlaces.BeforeOperation))
        {
            yield return "before-operation";
        }

        if (places.HasFlag(DecisionPlaces.BeforeFirstInstruction))
        {
            yield return "before-first-instruction";
        }
    }

    private static string? Stage(GateOperation operation) => operation switch
    {
        GateOperation.ProcessExecArguments => "arguments known",
        GateOperation.ImageLoadExecutable => "by exec",
        GateOperation.ImageLoadLibrary => "by a running process",
        GateOperation.ImageLoadKernel => "into the kernel",
        GateOperation.ImageLoadProgram => "a BPF program",
        GateOperation.MemoryMapFile or GateOperation.MemoryProtectFile => "of a file",
        GateOperation.MemoryMap or GateOperation.MemoryProtect => "without a file",
        _ => null,
    };

    private static IReadOnlyList<string> Words(OperationNeeds needs) =>
        [.. Enum.GetValues<OperationNeeds>().Where(n => n != OperationNeeds.None && needs.HasFlag(n)).Select(static n => Word(n.ToString()))];

    private static string Word(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    private static IReadOnlyList<ExplainedLimit> Limit(PolicyImage image, PolicyExplanation explanation) =>
    [
        new("policies", image.Policies.Count, PolicyLimits.MaxPolicies),
        new("rules", image.Rules.Count, PolicyLimits.MaxRules),
        new("rows", image.Rows.Count, PolicyLimits.MaxRows),
        new("vectors", explanation.VectorCount, PolicyLimits.MaxValues),
        new("bytes of vectors", explanation.CellByteCount, PolicyLimits.MaxCellBytes),
        new("automaton entries", explanation.Automaton.States.Length, PolicyLimits.MaxAutomatonEntries),
        new("steps of an operation", explanation.Operations.Select(static o => o.StepCount).DefaultIfEmpty().Max(), PolicyLimits.MaxPlanSteps),
        new("ancestor tests", TestCount(image.AncestorTests), PolicyLimits.MaxTests),
        new("argument tests", TestCount(image.ArgumentTests), PolicyLimits.MaxTests),
        new("environment tests", TestCount(image.EnvironmentTests), PolicyLimits.MaxTests),
    ];

    private static int TestCount(TestWord? tests) => tests?.Tests.Length ?? 0;
}

/// <summary>What became of one rule, and where it is decided.</summary>
internal sealed record ExplainedRule(
    string Policy, string Rule, string Action, string Mode, IReadOnlyList<string> On, int Rows, IReadOnlyList<string> Decided);

/// <summary>How one operation is decided.</summary>
internal sealed record ExplainedOperation(string Operation, string? Stage, int Rows, int Steps, IReadOnlyList<string> Needs);

/// <summary>One fact, sorted into classes.</summary>
internal sealed record ExplainedDimension(string Name, string Kind, int Classes, int Vectors);

/// <summary>One test of an ancestor, an argument or the name of an environment variable.</summary>
internal sealed record ExplainedTest(string Of, string Test);

/// <summary>Single values that conditions test.</summary>
internal sealed record ExplainedAtoms(int BoundPaths, int Hashes, int NumberBounds, int Tests);

/// <summary>The automaton of paths and texts.</summary>
internal sealed record ExplainedAutomaton(int Entries, long Bytes, int ForwardStates, int BackwardStates, int GlobStates);

/// <summary>How much of a limit is used.</summary>
internal sealed record ExplainedLimit(string Name, long Used, long Limit)
{
    /// <summary>Rounded up, so that 0 means nothing and 100 the limit.</summary>
    public int Percent => (int)((Used * 100 + Limit - 1) / Limit);
}
