namespace Gatehouse.Policy;

/// <summary>
/// States of all machines before they are packed. State 0 is dead. Entries are counted as they come, so that what is too
/// large is noticed while it grows.
/// </summary>
internal sealed class MachineStates
{
    private readonly List<State> _states = [new State([], [], 0, 0)];

    public int Count => _states.Count;

    /// <summary>Entries that the packed states need at least: one a transition.</summary>
    public long Entries { get; private set; } = 1;

    public State this[int index] => _states[index];

    public int Reserve()
    {
        _states.Add(default);
        return _states.Count - 1;
    }

    public void Set(int index, State state)
    {
        Entries += state.Bytes.Length;
        _states[index] = state;
    }

    /// <param name="Bytes">Ascending, of the transitions that do not lead to <paramref name="Otherwise"/>.</param>
    /// <param name="Targets">By position in <paramref name="Bytes"/>.</param>
    /// <param name="Otherwise">Where all other bytes lead.</param>
    /// <param name="Accepted">Number of the set of patterns that accept a text that ends here.</param>
    public readonly record struct State(byte[] Bytes, int[] Targets, int Otherwise, int Accepted);
}
