using System.Collections.Immutable;

namespace Gatehouse.Agent.Questions;

/// <summary>Which bit of an answer is whose. A name keeps its slot for the life of the agent. Thread-safe.</summary>
internal sealed class ClientSlots
{
    public const int Count = 16;

    private readonly Lock _lock = new();
    private ImmutableDictionary<string, int> _slots = ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>Gives a slot to each of the names that has none.</summary>
    /// <returns>The names for which there was none left: they cannot be asked, so their rules get <c>onMiss</c>.</returns>
    public IReadOnlyList<string> Give(IEnumerable<string> names)
    {
        lock (_lock)
        {
            var left = new List<string>();
            foreach (var name in names)
            {
                if (_slots.ContainsKey(name))
                {
                    continue;
                }

                if (_slots.Count < Count)
                {
                    _slots = _slots.Add(name, _slots.Count);
                }
                else
                {
                    left.Add(name);
                }
            }

            return left;
        }
    }

    /// <summary>The slots of these names, given if need be. A name for which there is none left is not in it.</summary>
    public IReadOnlyDictionary<string, int> Of(IReadOnlyCollection<string> names)
    {
        Give(names);
        lock (_lock)
        {
            return names.Where(_slots.ContainsKey).ToDictionary(static n => n, n => _slots[n], StringComparer.Ordinal);
        }
    }

    /// <summary>The slot of a name; null if it has none.</summary>
    public int? Find(string name)
    {
        lock (_lock)
        {
            return _slots.TryGetValue(name, out var slot) ? slot : null;
        }
    }
}
