using System.Runtime.InteropServices;

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

    private static readonly (int First, int Last)[] s_oneRange = [(0x00, 0xff)];

    private readonly GlobTree _tree;
    private readonly MachineStates _states;
    private readonly AcceptedSets _accepted;
    private readonly Dictionary<int[], int>.AlternateLookup<ReadOnlySpan<int>> _stateOf =
        new Dictionary<int[], int>(new ArrayComparer()).GetAlternateLookup<ReadOnlySpan<int>>();

    private readonly Queue<(int State, int[] Elements)> _waiting = new();
    private readonly List<int> _elements = [];
    private readonly int[] _seenIn;

    // Of the state that is being expanded: there are tens of thousands, and each needs the same room.
    private readonly int[] _targets = new int[256];
    private readonly bool[] _named = new bool[256];
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
        var start = StateReached();
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
        var otherwise = -1;
        var characters = Name(elements);
        foreach (var (first, last) in characters ? s_ranges : s_oneRange)
        {
            var representative = first;
            while (representative <= last && _named[representative])
            {
                representative++;
            }

            var target = representative > last ? 0 : Move(elements, (byte)representative);

            // The first range is the one that most bytes are in.
            otherwise = otherwise < 0 ? target : otherwise;
            for (var b = first; b <= last; b++)
            {
                _targets[b] = _named[b] ? Move(elements, (byte)b) : target;
            }
        }

        var count = _targets.Length - _targets.AsSpan().Count(otherwise);
        var (bytes, targets, at) = (new byte[count], new int[count], 0);
        for (var b = 0; b < _targets.Length; b++)
        {
            if (_targets[b] != otherwise)
            {
                (bytes[at], targets[at++]) = ((byte)b, _targets[b]);
            }
        }

        return new MachineStates.State(bytes, targets, otherwise, Accepted(elements));
    }

    /// <summary>Finds the bytes that some element names.</summary>
    /// <returns>Whether some element tells the beginning of a character from the rest.</returns>
    private bool Name(int[] elements)
    {
        _named.AsSpan().Clear();
        _named['/'] = true;
        var characters = false;
        foreach (var element in elements)
        {
            var node = _tree[element];
            characters |= node is { Loop: GlobTree.Loop.Continuation } or { Loop: not GlobTree.Loop.None, Character: not 0 };
            foreach (var literal in node.Literals)
            {
                _named[literal] = true;
            }
        }

        return characters;
    }

    /// <summary>The state that a byte leads to.</summary>
    private int Move(int[] elements, byte b)
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

            if (node.ChildOf(b) is not 0 and var child)
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

        return StateReached();
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

    /// <summary>The state of what was reached since <see cref="Begin"/>.</summary>
    private int StateReached()
    {
        if (_elements.Count == 0)
        {
            return 0;
        }

        _elements.Sort();
        var elements = CollectionsMarshal.AsSpan(_elements);
        if (!_stateOf.TryGetValue(elements, out var state))
        {
            state = _states.Reserve();
            var copy = elements.ToArray();
            _stateOf.Dictionary.Add(copy, state);
            _waiting.Enqueue((state, copy));
        }

        return state;
    }

    private int Accepted(int[] elements)
    {
        SortedSet<int>? patterns = null;
        foreach (var element in elements)
        {
            if (_tree[element].Accepts is { } accepts)
            {
                (patterns ??= []).UnionWith(accepts);
            }
        }

        return _accepted.Add([], patterns is null ? [] : [.. patterns]);
    }
}
