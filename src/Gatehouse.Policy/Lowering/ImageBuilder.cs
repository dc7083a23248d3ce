using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Turns laid-out rows into the tables of an image.</summary>
internal sealed class ImageBuilder
{
    private readonly ImageLayout _layout;
    private readonly ImmutableArray<PolicyDocument> _documents;
    private readonly PathLinks _links;
    private readonly VectorTable _values;
    private readonly TableSet _tables = new();

    private ImageBuilder(ImageLayout layout, ImmutableArray<PolicyDocument> documents, PathLinks links)
    {
        (_layout, _documents, _links) = (layout, documents, links);
        _values = new VectorTable(layout.WordCount);
    }

    /// <returns>The image, or null if a limit is exceeded, which was reported then.</returns>
    public static PolicyImage? Build(
        ImageLayout layout, ImmutableArray<PolicyDocument> documents, PathLinks links, DiagnosticBag diagnostics) =>
        new ImageBuilder(layout, documents, links).Build(diagnostics);

    private PolicyImage? Build(DiagnosticBag diagnostics)
    {
        var rows = new RowVectors(_layout.Used, _values);
        var patterns = PatternTable.Of(_layout.Used);
        var (built, tooLargeAt) = AutomatonBuilder.Build(patterns, _links);
        if (built is null)
        {
            ImageLimits.ReportAutomaton(patterns, tooLargeAt, diagnostics);
            return null;
        }

        var enforced = _values.Add(rows.Of(_layout.Used.Where(r => r.Rule is { Decides: true })));
        var files = FactTables.AddFiles(rows, _tables);
        var hashes = FactTables.AddHashes(rows, _tables);
        var paths = patterns.Paths.Concat(files.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var (automaton, names) = NameTables.Build(rows, patterns, built, paths, _tables);
        var numbers = NumberTables.Add(rows, _tables);
        FactTables.AddTrust(rows, _tables);
        FactTables.AddWords(rows, _tables);
        FactTables.AddBits(rows, _tables);
        var plans = new PlanBuilder(_tables, rows, _layout.BitOf);
        var operations = OperationTable.All.Select(o => plans.Build(StageRows.Of(_layout, o))).ToImmutableArray();
        OperationEntry[] tests =
        [
            TestPlan(plans, FactKind.Ancestor), TestPlan(plans, FactKind.Argument), TestPlan(plans, FactKind.Environment),
        ];
        ImageLimits.CheckTables(_values, operations, _layout, diagnostics);
        if (diagnostics.HasErrors)
        {
            return null;
        }

        return new PolicyImage(_values.ToCells(), _documents, _links)
        {
            Policies = _layout.Policies.AsReadOnly(),
            Rules = _layout.Rules.AsReadOnly(),
            Rows = _layout.Rows.AsReadOnly(),
            ValueCount = _values.Count,
            Tables = _tables.Tables.ToImmutable(),
            AskedClients = _layout.AskedClients,
            Automaton = automaton,
            BoundPaths = [.. paths.Select(p => new BoundPath(p, names.GetValueOrDefault(p), files.GetValueOrDefault(p)))],
            Hashes = hashes,
            Numbers = numbers,
            AncestorTests = _layout.TestWordOf(FactKind.Ancestor),
            ArgumentTests = _layout.TestWordOf(FactKind.Argument),
            EnvironmentTests = _layout.TestWordOf(FactKind.Environment),
            AncestorPlan = tests[0],
            ArgumentPlan = tests[1],
            EnvironmentPlan = tests[2],
            LabelNeeds = PlanBuilder.LabelNeedsOf(_layout.Used),
            Operations = new OperationTable(operations),
            EnforcedValue = enforced,
            Prefixes = patterns.Prefixes,
        };
    }

    private OperationEntry TestPlan(PlanBuilder plans, FactKind kind)
    {
        if (_layout.TestWordOf(kind) is not { } tests)
        {
            return OperationEntry.None;
        }

        var plan = plans.Build([.. _layout.Used.Where(r => r.Rule is null && r.Position / 64 == tests.Word)]);
        return plan with
        {
            Needs = kind switch
            {
                FactKind.Ancestor => OperationNeeds.Subject,
                FactKind.Argument => OperationNeeds.Arguments,
                _ => OperationNeeds.Environment,
            },
        };
    }
}
