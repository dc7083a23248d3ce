namespace Gatehouse.Agent.Events;

/// <summary>Counts losses by name. Not thread-safe.</summary>
internal sealed class LossTally
{
    private Dictionary<string, ulong> _counts = new(StringComparer.Ordinal);

    public bool IsEmpty => _counts.Count == 0;

    public void Add(string name, ulong count)
    {
        if (count > 0)
        {
            _counts[name] = _counts.GetValueOrDefault(name) + count;
        }
    }

    public void Add(IReadOnlyDictionary<string, ulong> counts)
    {
        foreach (var (name, count) in counts)
        {
            Add(name, count);
        }
    }

    /// <summary>Gives the counts away and starts anew.</summary>
    public IReadOnlyDictionary<string, ulong> Take()
    {
        var taken = _counts;
        _counts = new Dictionary<string, ulong>(StringComparer.Ordinal);
        return taken;
    }
}
