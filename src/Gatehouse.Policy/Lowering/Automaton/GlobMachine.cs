namespace Gatehouse.Policy;

/// <summary>
/// Makes the tree of globs deterministic by subset construction. A character is a byte with all the continuation bytes of
/// UTF-8 that follow it; where these follow no character, only stars, and <c>?</c> after plain text, take them.
/// </summary>
internal sealed class GlobMachine
{
    /// <summary>
    /// Elements of subsets that are looked at: ten thousand ordinary patterns take a tenth of it, and patterns that multiply
    /// are given up within a second.
    /// </summary>
    private const long MostWork = 6_000_000;

    /// <summary>The bytes that go on with a character, between those that do not; the first range is the usual case.</summary>
    private static readonly (int First, int Last)[] s_ranges = [(0x00, 0x7f), (0x80, 0xbf), (0xc0, 0xff)];

    private readonly GlobTree _tree;
    private readonly MachineStates _states;
    private readonly AcceptedSets _accepted;
    private readonly Dictionary<int[], int> _stateOf = new(new ArrayComparer());
    private readonly Queue<(int State, int[] Elements)> _waiting = new();
    private readonly List<int> _elements = [];
    private readonly int[] _seenIn;
    private int _serial;
    private long _work;

    private GlobMachine(GlobTree tree, MachineStates states, AcceptedSets accepted)
    {
        (_tree, _states, _accepted) = (tree, states, accepted);
        _seenIn = new int[tree.Count];
    }

    /// <summary>Adds the machine's states.</summary>
    /// <returns>The state in which it starts, or null if it grows beyond the limits.</returns>
    public static int? TryBuild(GlobTree tree, MachineStates states, AcceptedSets accepted) =>
        new GlobMachine(tree, states, accepted).Build();

    private int? Build()
    {
        Begin();
        Reach(0);
        var start = StateOf(End());
        while (_waiting.TryDequeue(out var next))
        {
            if (_states.Count > PolicyLimits.MaxAutomatonEntries
                || _states.Entries > PolicyLimits.MaxAutomatonEntries
                || _work > MostWork)
            {
                return null;
            }

            _states.Set(next.State, Expand(next.Elements));
        }

        return start;
    }

    private MachineStates.State Expand(int[] elements)
    {
        var targets = new int[256];
        var otherwise = -1;
        var (named, characters) = Interesting(elements);
        foreach (var (first, last) in characters ? s_ranges : [(0x00, 0xff)])
        {
            var representative = Enumerable.Range(first, last - first + 1).FirstOrDefault(b => !named[b], -1);
            var target = representative < 0 ? 0 : StateOf(Move(elements, (byte)representative));

            // The first range is the one that most bytes are in.
            otherwise = otherwise < 0 ? target : otherwise;
            for (var b = first; b <= last; b++)
            {
                targets[b] = named[b] ? StateOf(Move(elements, (byte)b)) : target;
            }
        }

        var bytes = Enumerable.Range(0, 256).Where(b => targets[b] != otherwise).ToArray();
        return new MachineStates.State(
            [.. bytes.Select(b => (byte)b)], [.. bytes.Select(b => targets[b])], otherwise, Accepted(elements));
    }

    /// <summary>The bytes that some element names, and whether some element tells the beginning of a character from the rest.</summary>
    private (bool[] Named, bool Characters) Interesting(int[] elements)
    {
        var named = new bool[256];
        named['/'] = true;
        var characters = false;
        foreach (var element in elements)
        {
            characters |= _tree[element] is { Loop: GlobTree.Loop.Continuation } or { Loop: not GlobTree.Loop.None, Character: not 0 };
            if (_tree[element].Literals is { } literals)
            {
                foreach (var literal in literals.Keys)
                {
                    named[literal] = true;
                }
            }
        }

        return (named, characters);
    }

    private int[] Move(int[] elements, byte b)
    {
        Begin();
        _work += elements.Length;
        foreach (var element in elements)
        {
            var node = _tree[element];
            var continues = b is >= 0x80 and < 0xc0;
            if (node.Loop == GlobTree.Loop.Any
                || (node.Loop == GlobTree.Loop.NoSlash && b != '/')
                || (node.Loop == GlobTree.Loop.Continuation && continues))
            {
                Reach(element);
            }

            if (node.Literals is { } literals && literals.TryGetValue(b, out var child))
            {
                Reach(child);
            }

            // What goes on with a character begins no other. After plain text there is none that could go on: whatever comes
            // there begins one, which saves the table sixty-four ways to nowhere.
            if (node.Character != 0 && b != '/' && !(continues && node.Loop != GlobTree.Loop.None))
            {
                Reach(node.Character);
            }
        }

        return End();
    }

    private void Begin()
    {
        _serial++;
        _elements.Clear();
    }

    /// <summary>Adds an element, and what can be reached from it without reading.</summary>
    private void Reach(int element)
    {
        if (_seenIn[element] == _serial)
        {
            return;
        }

        _seenIn[element] = _serial;
        _elements.Add(element);
        if (_tree[element].Star is var star and not 0)
        {
            Reach(star);
        }

        if (_tree[element].DoubleStar is var doubleStar and not 0)
        {
            Reach(doubleStar);
        }
    }

    private int[] End()
    {
        _elements.Sort();
        return [.. _elements];
    }

    private int StateOf(int[] elements)
    {
        if (elements.Length == 0)
        {
            return 0;
        }

        if (!_stateOf.TryGetValue(elements, out var state))
        {
            state = _states.Reserve();
            _stateOf.Add(elements, state);
            _waiting.Enqueue((state, elements));
        }

        return state;
    }

    private int Accepted(int[] elements)
    {
        var patterns = elements
            .SelectMany(e => _tree[e].Accepts ?? [])
            .Distinct()
            .Order()
            .ToArray();
        return _accepted.Add([], patterns);
    }
}
