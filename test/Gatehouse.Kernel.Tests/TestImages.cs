using System.Collections.Immutable;
using Gatehouse.Policy;

namespace Gatehouse.Kernel.Tests;

/// <summary>Policy images made by hand, so that what becomes of them does not depend on how the compiler lays them out.</summary>
internal static class TestImages
{
    public static OperationEntry NoPlan { get; } = new(0, OperationNeeds.None, []);

    /// <summary>One policy of one word, whose rules have one row each.</summary>
    /// <param name="vectors">By value id, from 1; value 0 is always empty.</param>
    /// <param name="tables">Class tables.</param>
    /// <param name="bound">Bound paths.</param>
    /// <param name="exec">The plan of process.exec.</param>
    /// <param name="rules">Actions and modes.</param>
    public static PolicyImage Of(
        ulong[] vectors,
        ImmutableArray<ClassTable> tables = default,
        ImmutableArray<BoundPath> bound = default,
        OperationEntry? exec = null,
        params (RuleAction Action, RuleMode Mode)[] rules) => Build([0, .. vectors], tables, bound, exec, rules);

    public static PolicyImage Empty { get; } = Build([], default, default, null, []);

    public static PolicyImage WithAncestors(params string[] tests) =>
        Build([0, 1], default, default, null, [], new TestWord(0, [.. tests]), new OperationEntry(1, OperationNeeds.None, []));

    private static PolicyImage Build(
        ulong[] cells,
        ImmutableArray<ClassTable> tables,
        ImmutableArray<BoundPath> bound,
        OperationEntry? exec,
        (RuleAction Action, RuleMode Mode)[] rules,
        TestWord? ancestors = null,
        OperationEntry? ancestorPlan = null) => new(cells, [], PathLinks.None)
        {
            Policies = [],
            Rules = [.. rules.Select(static (r, i) => new CompiledRule(i, 3, $"r{i}", r.Action, r.Mode, RuleSeverity.Medium, [], ""))],
            Rows = cells.Length == 0 ? [] :
            [
                .. rules.Select(static (r, i) => new CompiledRow(i, MissAnswer.Allow, r.Action)),
                .. Enumerable.Repeat(CompiledRow.Padding, 64 - rules.Length),
            ],
            ValueCount = cells.Length,
            Tables = tables.IsDefault ? [] : tables,
            Automaton = new PathAutomaton([new(0, 0, 0, 0), new(1, 2, 3, 4)], ForwardStart: 1, BackwardStart: 0, GlobStart: 5),
            BoundPaths = bound.IsDefault ? [] : bound,
            Hashes = [new HashValue([.. Enumerable.Range(0, 32).Select(static b => (byte)b)], 4)],
            Numbers = [[], [new(0, 0), new(4096, 1)], [new(0, 0), new(9, 1), new(10, 0)]],
            AncestorTests = ancestors,
            ArgumentTests = null,
            EnvironmentTests = null,
            AncestorPlan = ancestorPlan ?? NoPlan,
            ArgumentPlan = NoPlan,
            EnvironmentPlan = NoPlan,
            LabelNeeds = LabelNeeds.Uid | LabelNeeds.Names,
            Operations = new OperationTable(
                [.. OperationTable.All.Select(o => o == GateOperation.ProcessExec && exec is not null ? exec : NoPlan)]),
            EnforcedValue = cells.Length > 1 ? 1 : 0,
        };
}
