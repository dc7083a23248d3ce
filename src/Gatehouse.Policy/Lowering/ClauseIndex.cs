namespace Gatehouse.Policy;

/// <summary>
/// Which rows' name tests a set of patterns fulfils. A row is found by the patterns of its clauses, and fulfilled when all of
/// its clauses are; rows whose clauses nothing touches cost nothing.
/// </summary>
internal sealed class ClauseIndex
{
    private readonly Dictionary<int, List<int>> _clausesOf = [];
    private readonly List<int> _testOf = [];
    private readonly List<(LaidOutRow Row, int Clauses)> _tests = [];
    private readonly List<int> _clauseSeenIn = [];
    private readonly List<int> _testSeenIn = [];
    private readonly List<int> _fulfilled = [];
    private int _serial;

    public ClauseIndex(FactKey key, IEnumerable<(LaidOutRow Row, RowTest Test)> rows, PatternTable patterns)
    {
        foreach (var (row, test) in rows)
        {
            var clauses = ((NameTest)test).Clauses;
            foreach (var clause in clauses)
            {
                Add(key, PatternShape.Exact, clause.Exact, patterns);
                Add(key, PatternTable.ShapeOf(key.Kind), clause.Patterns, patterns);
                _testOf.Add(_tests.Count);
                _clauseSeenIn.Add(0);
            }

            _tests.Add((row, clauses.Length));
            _testSeenIn.Add(0);
            _fulfilled.Add(0);
        }
    }

    /// <summary>Adds the rows that these patterns fulfil.</summary>
    public void Fulfil(ulong[] vector, ReadOnlySpan<int> exact, ReadOnlySpan<int> others)
    {
        _serial++;
        Count(vector, exact);
        Count(vector, others);
    }

    private void Count(ulong[] vector, ReadOnlySpan<int> patterns)
    {
        foreach (var pattern in patterns)
        {
            if (!_clausesOf.TryGetValue(pattern, out var clauses))
            {
                continue;
            }

            foreach (var clause in clauses)
            {
                if (_clauseSeenIn[clause] == _serial)
                {
                    continue;
                }

                _clauseSeenIn[clause] = _serial;
                var test = _testOf[clause];
                _fulfilled[test] = _testSeenIn[test] == _serial ? _fulfilled[test] + 1 : 1;
                _testSeenIn[test] = _serial;
                if (_fulfilled[test] == _tests[test].Clauses)
                {
                    RowVectors.Set(vector, _tests[test].Row);
                }
            }
        }
    }

    private void Add(FactKey key, PatternShape shape, ValueSet texts, PatternTable patterns)
    {
        foreach (var text in texts.Items)
        {
            var pattern = patterns.IndexOf(key, shape, text);
            if (!_clausesOf.TryGetValue(pattern, out var clauses))
            {
                _clausesOf.Add(pattern, clauses = []);
            }

            clauses.Add(_testOf.Count);
        }
    }
}
