namespace Gatehouse.Policy;

/// <summary>
/// Whole names and prefixes as a tree of bytes. A prefix that has been read stays accepted: every state below carries it, and
/// where the tree ends a state of its own goes on accepting it. Suffixes are the prefixes of a text that is read backward.
/// </summary>
internal sealed class TrieMachine
{
    private readonly Dictionary<long, int> _children = [];
    private readonly List<int> _parents = [-1];
    private readonly List<List<int>?> _exact = [null];
    private readonly List<List<int>?> _prefixes = [null];

    public int NodeCount => _parents.Count;

    public void AddExact(ReadOnlySpan<byte> text, int pattern) => Add(_exact, NodeOf(text), pattern);

    public void AddPrefix(ReadOnlySpan<byte> text, int pattern) => Add(_prefixes, NodeOf(text), pattern);

    /// <summary>Adds the machine's states.</summary>
    /// <returns>The state in which it starts.</returns>
    public int Build(MachineStates states, AcceptedSets accepted)
    {
        // Parents come before their children, so what is inherited is there already.
        var inherited = new int[NodeCount][];
        var first = states.Count;
        for (var node = 0; node < NodeCount; node++)
        {
            states.Reserve();
            var above = node == 0 ? [] : inherited[_parents[node]];
            inherited[node] = _prefixes[node] is { } own ? [.. above.Concat(own).Distinct().Order()] : above;
        }

        var edges = _children.Keys.ToArray();
        Array.Sort(edges);
        var latches = new Dictionary<int, int>();
        var at = 0;
        for (var node = 0; node < NodeCount; node++)
        {
            var end = at;
            while (end < edges.Length && edges[end] >> 8 == node)
            {
                end++;
            }

            var bytes = new byte[end - at];
            var targets = new int[end - at];
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)edges[at + i];
                targets[i] = first + _children[edges[at + i]];
            }

            at = end;
            var exact = _exact[node]?.Distinct().Order().ToArray() ?? [];
            states.Set(
                first + node,
                new MachineStates.State(
                    bytes, targets, Latch(inherited[node], latches, states, accepted), accepted.Add(exact, inherited[node])));
        }

        return first;
    }

    /// <summary>Where every text leads that goes on beyond the tree.</summary>
    private static int Latch(int[] prefixes, Dictionary<int, int> latches, MachineStates states, AcceptedSets accepted)
    {
        if (prefixes.Length == 0)
        {
            return 0;
        }

        var set = accepted.Add([], prefixes);
        if (!latches.TryGetValue(set, out var state))
        {
            state = states.Reserve();
            states.Set(state, new MachineStates.State([], [], state, set));
            latches.Add(set, state);
        }

        return state;
    }

    private int NodeOf(ReadOnlySpan<byte> text)
    {
        var node = 0;
        foreach (var b in text)
        {
            var edge = ((long)node << 8) | b;
            if (!_children.TryGetValue(edge, out var child))
            {
                child = NodeCount;
                _children.Add(edge, child);
                _parents.Add(node);
                _exact.Add(null);
                _prefixes.Add(null);
            }

            node = child;
        }

        return node;
    }

    private static void Add(List<List<int>?> patterns, int node, int pattern) => (patterns[node] ??= []).Add(pattern);
}
