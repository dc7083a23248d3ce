namespace Gatehouse.Policy;

/// <summary>
/// Packs states into one array, in which the transitions of sparse states lie between those of others. An entry is a
/// transition: it carries a copy of the state that it leads to. Its check is the base of the state that it leads from, and
/// no two states have one base.
/// </summary>
internal sealed class DoubleArray
{
    /// <summary>Check of an entry that is not in use: no base is as high.</summary>
    private const uint Unused = uint.MaxValue;

    /// <summary>States whose first places are all taken are put behind the last of them, so that the search stays short.</summary>
    private const int MostTries = 256;

    private readonly MachineStates _states;
    private readonly int[] _bases;
    private readonly int[] _entryOf;
    private readonly List<int> _nextFree = [];
    private readonly List<bool> _takenBases = [];
    private int _last;

    private DoubleArray(MachineStates states)
    {
        _states = states;
        _bases = new int[states.Count];
        _entryOf = new int[states.Count];
        Array.Fill(_entryOf, -1);
        _entryOf[0] = 0;
        Take(0);
    }

    /// <returns>The entries, with numbers of sets as Accept, and the entry of each of <paramref name="starts"/>.</returns>
    public static (AutomatonState[] Entries, int[] Starts) Pack(MachineStates states, IEnumerable<int> starts)
    {
        var array = new DoubleArray(states);
        array.Place();
        return (array.Fill(), [.. starts.Select(s => array._entryOf[s])]);
    }

    private void Place()
    {
        var (search, singles) = (1, false);
        foreach (var state in LargestFirst())
        {
            var bytes = _states[state].Bytes;
            if (!singles && bytes.Length == 1)
            {
                // They come last and fill what is left.
                (search, singles) = (1, true);
            }

            var (entry, tries) = (Free(Math.Max(search, bytes[0] + 1)), 0);
            while (IsTakenBase(entry - bytes[0]) || !Fits(entry - bytes[0], bytes))
            {
                entry = Free(entry + 1);
                search = ++tries == MostTries ? entry : search;
            }

            var place = entry - bytes[0];
            _bases[state] = place;
            TakeBase(place);
            for (var i = 0; i < bytes.Length; i++)
            {
                Take(place + bytes[i]);
                _entryOf[_states[state].Targets[i]] = place + bytes[i];
            }
        }

        // What is reached by Otherwise only, and where the machines start.
        for (var state = 1; state < _states.Count; state++)
        {
            if (_entryOf[state] < 0)
            {
                _entryOf[state] = Free(1);
                Take(_entryOf[state]);
            }
        }

        // The dead state is where it always is, even if transitions lead to copies of it.
        _entryOf[0] = 0;
    }

    /// <summary>The states with transitions, by how many they have, and then by number.</summary>
    private int[] LargestFirst()
    {
        // First the place behind each length's last state, then, from the last state on, the places.
        var behind = new int[byte.MaxValue + 3];
        for (var state = 1; state < _states.Count; state++)
        {
            behind[byte.MaxValue + 1 - _states[state].Bytes.Length]++;
        }

        var withTransitions = 0;
        for (var i = 0; i <= byte.MaxValue; i++)
        {
            withTransitions += behind[i];
            behind[i] = withTransitions;
        }

        var sorted = new int[withTransitions];
        for (var state = _states.Count - 1; state > 0; state--)
        {
            if (_states[state].Bytes.Length is > 0 and var length)
            {
                sorted[--behind[byte.MaxValue + 1 - length]] = state;
            }
        }

        return sorted;
    }

    private bool IsTakenBase(int place) => place < _takenBases.Count && _takenBases[place];

    private void TakeBase(int place)
    {
        while (_takenBases.Count <= place)
        {
            _takenBases.Add(item: false);
        }

        _takenBases[place] = true;
    }

    private bool Fits(int place, byte[] bytes)
    {
        foreach (var b in bytes)
        {
            if (Free(place + b) != place + b)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first free entry from here on.</summary>
    private int Free(int entry)
    {
        var end = entry;
        while (end < _nextFree.Count && _nextFree[end] != end)
        {
            end = _nextFree[end];
        }

        while (entry < _nextFree.Count && _nextFree[entry] != end)
        {
            (_nextFree[entry], entry) = (end, _nextFree[entry]);
        }

        return end;
    }

    private void Take(int entry)
    {
        while (_nextFree.Count <= entry)
        {
            _nextFree.Add(_nextFree.Count);
        }

        _nextFree[entry] = entry + 1;
        _last = Math.Max(_last, entry);
    }

    private AutomatonState[] Fill()
    {
        // Every base plus every byte stays inside, so that no reader needs to look at the length.
        var length = _states.Count == 1 ? 1 : Math.Max(_last, _bases.Max() + byte.MaxValue) + 1;
        var entries = new AutomatonState[length];
        Array.Fill(entries, new AutomatonState(Unused, 0, 0, 0));
        for (var state = 1; state < _states.Count; state++)
        {
            if (entries[_entryOf[state]].Check == Unused)
            {
                entries[_entryOf[state]] = Copy(state, Unused);
            }

            var (bytes, targets, _, _) = _states[state];
            for (var i = 0; i < bytes.Length; i++)
            {
                entries[_bases[state] + bytes[i]] = Copy(targets[i], (uint)_bases[state]);
            }
        }

        return entries;
    }

    private AutomatonState Copy(int state, uint check) =>
        new(check, (uint)_bases[state], (uint)_entryOf[_states[state].Otherwise], (uint)_states[state].Accepted);
}
