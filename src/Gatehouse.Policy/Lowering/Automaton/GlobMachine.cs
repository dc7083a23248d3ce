namespace Gatehouse.Policy;

/// <summary>
/// Makes the tree of globs deterministic by subset construction. An element of a subset is a node, or a node that is reached
/// after one to three more bytes of a character.
/// </summary>
internal sealed class GlobMachine
{
    /// <summary>
    /// Elements of subsets that are looked at: five thousand ordinary patterns take a tenth of it, and patterns that multiply
    /// are given up within a second.
    /// </summary>
    private const long MostWork = 12_000_000;

    /// <summary>Ranges of bytes that differ only in what they begin: one byte, a rest, two, three, four bytes, nothing.</summary>
    private static readonly (int First, int Last)[] s_ranges =
        [(0x00, 0x7f), (0x80, 0xbf), (0xc0, 0xdf), (0xe0, 0xef), (0xf0, 0xf7), (0xf8, 0xff)];

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
        _seenIn = new int[tree.Count * 4];
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

    /// <summary>The bytes that some element names, and whether some element reads characters.</summary>
    private (bool[] Named, bool Characters) Interesting(int[] elements)
    {
        var named = new bool[256];
        named['/'] = true;
        var characters = false;
        foreach (var element in elements)
        {
            if (element >= _tree.Count)
            {
                characters = true;
                continue;
            }

            characters |= _tree[element].Character != 0;
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
            if (element >= _tree.Count)
            {
                if (b is >= 0x80 and < 0xc0)
                {
                    Reach(element - _tree.Count);
                }

                continue;
            }

            var node = _tree[element];
            if (node.Loop == GlobTree.Loop.Any || (node.Loop == GlobTree.Loop.NoSlash && b != '/'))
            {
                Reach(element);
            }

            if (node.Literals is { } literals && literals.TryGetValue(b, out var child))
            {
                Reach(child);
            }

            if (node.Character != 0 && b != '/')
            {
                Reach(node.Character + (MoreBytes(b) * _tree.Count));
            }
        }

        return End();
    }

    /// <summary>How many bytes a character has beyond this one. A byte that begins none is a character of its own.</summary>
    private static int MoreBytes(byte b) => b switch
    {
        < 0xc0 => 0,
        < 0xe0 => 1,
        < 0xf0 => 2,
        < 0xf8 => 3,
        _ => 0,
    };

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
        if (element < _tree.Count)
        {
            if (_tree[element].Star is var star and not 0)
            {
                Reach(star);
            }

            if (_tree[element].DoubleStar is var doubleStar and not 0)
            {
                Reach(doubleStar);
            }
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
            .Where(e => e < _tree.Count)
            .SelectMany(e => _tree[e].Accepts ?? [])
            .Distinct()
            .Order()
            .ToArray();
        return _accepted.Add([], patterns);
    }
}
