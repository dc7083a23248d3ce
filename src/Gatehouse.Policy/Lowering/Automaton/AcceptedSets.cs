namespace Gatehouse.Policy;

/// <summary>
/// Sets of patterns that states accept. Set 0 is empty. Whole names stand apart from the rest: a text can be several of the
/// policy's names (its own, and names that were resolved to it), and is taken as one of them at a time.
/// </summary>
internal sealed class AcceptedSets
{
    private readonly ArrayInterner _sets = new();

    public AcceptedSets() => _sets.Add([0]);

    public int Count => _sets.Count;

    /// <param name="exact">Sorted numbers of patterns.</param>
    /// <param name="others">The same.</param>
    public int Add(ReadOnlySpan<int> exact, ReadOnlySpan<int> others) => _sets.Add([exact.Length, .. exact, .. others]);

    public ReadOnlySpan<int> Exact(int set) => _sets[set].AsSpan(1, _sets[set][0]);

    public ReadOnlySpan<int> Others(int set) => _sets[set].AsSpan(1 + _sets[set][0]);
}
