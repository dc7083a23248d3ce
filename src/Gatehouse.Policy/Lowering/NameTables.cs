using System.Text;

namespace Gatehouse.Policy;

/// <summary>From sets of patterns to classes of names, and from these to vectors.</summary>
internal sealed class NameTables
{
    private static readonly FactKind[] s_kinds = [FactKind.ForwardName, FactKind.BackwardName, FactKind.GlobName];

    private readonly RowVectors _rows;
    private readonly PatternTable _patterns;
    private readonly BuiltAutomaton _automaton;
    private readonly IReadOnlyList<string> _boundPaths;
    private readonly Dictionary<FactKind, Machine> _machines = [];
    private readonly int[] _classOf;

    private NameTables(
        RowVectors rows, PatternTable patterns, BuiltAutomaton automaton, IReadOnlyList<string> boundPaths)
    {
        (_rows, _patterns, _automaton, _boundPaths) = (rows, patterns, automaton, boundPaths);
        _classOf = new int[automaton.Sets.Count];
    }

    /// <summary>Adds the tables of names.</summary>
    /// <returns>The automaton, and by path the class of the name of what is bound.</returns>
    public static (PathAutomaton Automaton, IReadOnlyDictionary<string, int> NameClasses) Build(
        RowVectors rows,
        PatternTable patterns,
        BuiltAutomaton automaton,
        IReadOnlyList<string> boundPaths,
        TableSet tables)
    {
        var names = new NameTables(rows, patterns, automaton, boundPaths);
        foreach (var kind in s_kinds)
        {
            names._machines.Add(kind, names.MachineOf(kind));
        }

        names.Classify();
        var bound = names.Bind();
        names.AddTables(tables);
        return (automaton.WithClasses(names._classOf), bound);
    }

    private Machine MachineOf(FactKind kind)
    {
        var keys = new List<FactKey>();
        foreach (var role in Enum.GetValues<FieldRole>())
        {
            // What is bound says everything by its forward class, so whoever tests a name at all needs the table.
            var bound = kind == FactKind.ForwardName && role != FieldRole.Operation && _boundPaths.Count > 0;
            if (_rows.IsTested(FactKey.Name(kind, role))
                || (bound && s_kinds.Any(k => _rows.IsTested(FactKey.Name(k, role)))))
            {
                keys.Add(FactKey.Name(kind, role));
            }
        }

        var machine = new Machine(
            [.. keys],
            [.. keys.Select(k => _rows.NotTesting(k))],
            [.. keys.Select(k => new ClauseIndex(k, _rows.Testing(k), _patterns))],
            new ArrayInterner());
        machine.Classes.Add([.. machine.Bases.Select(v => _rows.Values.Add(v))]);
        machine.Classes.AddApart([.. machine.Bases.Select(_ => _rows.Values.Add(_rows.All))]);
        return machine;
    }

    /// <summary>Patterns that mean the same for every row give the same class.</summary>
    private void Classify()
    {
        var scratch = new ulong[_rows.Values.WordCount];
        for (var set = 1; set < _automaton.Sets.Count && _rows.Values.ExceededBy is null; set++)
        {
            var exact = _automaton.Sets.Exact(set);
            var others = _automaton.Sets.Others(set);
            var last = Math.Max(exact.IsEmpty ? 0 : exact[^1], others.IsEmpty ? 0 : others[^1]);
            var (pattern, blamed) = _patterns[last];
            var machine = _machines[KindOf(pattern.Shape)];
            var values = new int[machine.Keys.Length];
            for (var i = 0; i < values.Length; i++)
            {
                machine.Bases[i].CopyTo(scratch, 0);
                if (exact.IsEmpty)
                {
                    machine.Clauses[i].Fulfil(scratch, exact, others);
                }

                foreach (var name in exact)
                {
                    machine.Clauses[i].Fulfil(scratch, [name], others);
                }

                values[i] = _rows.Add(scratch, blamed);
            }

            _classOf[set] = machine.Classes.Add(values);
        }
    }

    private Dictionary<string, int> Bind()
    {
        var forward = _machines[FactKind.ForwardName];
        var noName = forward.Keys
            .Select(k => _rows.Values.Add(_rows.NotTesting([.. s_kinds.Select(kind => FactKey.Name(kind, k.Role))])))
            .ToArray();
        var apart = new Dictionary<string, int>(StringComparer.Ordinal);
        var unnamed = -1;
        foreach (var path in _boundPaths)
        {
            if (_rows.Values.ExceededBy is not null)
            {
                break;
            }

            var values = FulfilledBy(Encoding.UTF8.GetBytes(path), forward);
            var nameless = values.AsSpan().SequenceEqual(noName);
            if (nameless && noName.AsSpan().SequenceEqual(forward.Classes[0]))
            {
                apart.Add(path, 0);
                continue;
            }

            // Class 0 stands for a name that the other machines have yet to be asked about; here they have been.
            var found = forward.Classes.Add(values);
            if (found == 0)
            {
                found = unnamed = unnamed < 0 ? forward.Classes.AddApart(values) : unnamed;
            }

            apart.Add(path, found);
        }

        return apart;
    }

    /// <summary>By role the rows that a path fulfils as a name, by all tests of names.</summary>
    private int[] FulfilledBy(byte[] path, Machine forward)
    {
        var values = new int[forward.Keys.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var vector = (ulong[])_rows.All.Clone();
            foreach (var kind in s_kinds)
            {
                var machine = _machines[kind];
                var role = Array.FindIndex(machine.Keys, k => k.Role == forward.Keys[i].Role);
                if (role >= 0)
                {
                    var accepted = _rows.Values[machine.Classes[_classOf[_automaton.Read(kind, path)]][role]];
                    for (var w = 0; w < vector.Length; w++)
                    {
                        vector[w] &= accepted[w];
                    }
                }
            }

            values[i] = _rows.Add(vector, _rows.Rows[0]);
        }

        return values;
    }

    private void AddTables(TableSet tables)
    {
        foreach (var kind in s_kinds)
        {
            var machine = _machines[kind];
            for (var i = 0; i < machine.Keys.Length; i++)
            {
                var role = machine.Keys[i].Role;
                var positive = s_kinds.SelectMany(k => _rows.Testing(FactKey.Name(k, role))).Select(r => r.Row);
                tables.Add(
                    machine.Keys[i],
                    TableKindOf(kind),
                    [.. Enumerable.Range(0, machine.Classes.Count).Select(c => machine.Classes[c][i])],
                    _rows.Values.Add(_rows.Of(positive)));
            }
        }
    }

    private static FactKind KindOf(PatternShape shape) => shape switch
    {
        PatternShape.Suffix => FactKind.BackwardName,
        PatternShape.Glob => FactKind.GlobName,
        _ => FactKind.ForwardName,
    };

    private static ClassTableKind TableKindOf(FactKind kind) => kind switch
    {
        FactKind.ForwardName => ClassTableKind.ForwardName,
        FactKind.BackwardName => ClassTableKind.BackwardName,
        _ => ClassTableKind.GlobName,
    };

    /// <param name="Keys">One for each role that needs a table.</param>
    /// <param name="Bases">By role: the rows that ask nothing of this machine.</param>
    /// <param name="Clauses">By role.</param>
    /// <param name="Classes">Values by role; the index is the class.</param>
    private sealed record Machine(FactKey[] Keys, ulong[][] Bases, ClauseIndex[] Clauses, ArrayInterner Classes);
}
