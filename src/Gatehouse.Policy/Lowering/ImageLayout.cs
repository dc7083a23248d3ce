using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Policies, rules, rows and tests with their indexes; no vectors yet.</summary>
internal sealed class ImageLayout
{
    private readonly Dictionary<FactKey, int> _testBits = [];

    public List<CompiledPolicy> Policies { get; } = [];

    public List<CompiledRule> Rules { get; } = [];

    /// <summary>All rows, padding included.</summary>
    public List<CompiledRow> Rows { get; } = [];

    /// <summary>The rows in use: those of rules, then the tests.</summary>
    public List<LaidOutRow> Used { get; } = [];

    /// <summary>The words of tests, and by bit what they test.</summary>
    public List<(FactKind Kind, int Word, List<(FactKey Key, PolicyRule Rule)> Tests)> TestWords { get; } = [];

    /// <summary>Whether some rule waits for arguments or environment.</summary>
    public bool TestsTexts { get; private init; }

    /// <summary>The clients that are asked, sorted.</summary>
    public ImmutableArray<string> AskedClients { get; private init; } = [];

    /// <summary>Words of all rows.</summary>
    public int WordCount => Rows.Count / 64;

    public static ImageLayout Create(
        ImmutableArray<PolicyDocument> documents, Func<PolicyRule, IReadOnlyList<Conjunction>> rowsOf)
    {
        var layout = new ImageLayout
        {
            TestsTexts = documents.SelectMany(d => d.Rules).Any(r => TestedFacts.Of(r.When).Texts),
            AskedClients = AskRows.ClientsOf(documents),
        };
        foreach (var document in documents)
        {
            layout.Add(document, rowsOf);
        }

        foreach (var kind in (FactKind[])[FactKind.Ancestor, FactKind.Argument, FactKind.Environment])
        {
            layout.AddTests(kind);
        }

        return layout;
    }

    /// <summary>The bit of a test in its word.</summary>
    public int BitOf(FactKey test) => _testBits[test];

    /// <summary>The word of the tests, or null if there are none.</summary>
    public TestWord? TestWordOf(FactKind kind)
    {
        foreach (var (candidate, word, tests) in TestWords)
        {
            if (candidate == kind)
            {
                return new TestWord(word, [.. tests.Select(t => t.Key.Text)]);
            }
        }

        return null;
    }

    private void Add(PolicyDocument document, Func<PolicyRule, IReadOnlyList<Conjunction>> rowsOf)
    {
        var firstRow = Rows.Count;
        var client = AskedClients.IndexOf(document.Client);
        foreach (var rule in document.Rules)
        {
            foreach (var (conjunction, action) in rowsOf(rule).SelectMany(row => AskRows.Of(rule, row, client)))
            {
                Used.Add(new LaidOutRow(Rows.Count, rule, rule, conjunction));
                Rows.Add(new CompiledRow(Rules.Count, rule.OnMiss, action));
            }

            Rules.Add(new CompiledRule(
                Rules.Count, Policies.Count, rule.Name, rule.Action, rule.Mode, rule.Severity, rule.Tags, rule.Description));
        }

        Policies.Add(new CompiledPolicy(
            document.Name,
            document.Client,
            document.Altitude,
            document.Description,
            firstRow,
            Rows.Count - firstRow,
            document.SourceSha256));

        // A policy whose rows all vanished keeps one word, so that each policy has words of its own.
        Pad(firstRow);
    }

    private void AddTests(FactKind kind)
    {
        var tests = new List<(FactKey Key, PolicyRule Rule)>();
        var conjunctions = new List<Conjunction>();
        foreach (var row in Used.Where(r => r.Rule is not null))
        {
            foreach (var fact in row.Conjunction.Facts)
            {
                if (fact.Key.Kind == kind && _testBits.TryAdd(fact.Key, tests.Count))
                {
                    tests.Add((fact.Key, row.Rule!));
                    conjunctions.Add(((BitTest)fact.Test).Tested!);
                }
            }
        }

        if (tests.Count == 0)
        {
            return;
        }

        var firstRow = Rows.Count;
        TestWords.Add((kind, firstRow / 64, tests));

        // More than fit are reported by ImageLimits; here they would spill into the next word.
        for (var i = 0; i < Math.Min(tests.Count, PolicyLimits.MaxTests); i++)
        {
            Used.Add(new LaidOutRow(firstRow + i, Rule: null, tests[i].Rule, conjunctions[i]));
            Rows.Add(CompiledRow.Padding);
        }

        Pad(firstRow);
    }

    private void Pad(int firstRow)
    {
        while (Rows.Count % 64 != 0 || Rows.Count == firstRow)
        {
            Rows.Add(CompiledRow.Padding);
        }
    }
}
