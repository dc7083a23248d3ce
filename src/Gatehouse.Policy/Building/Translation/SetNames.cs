using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Policy;

/// <summary>Which lists of values get a name in the text. Equal lists share one.</summary>
internal sealed class SetNames
{
    private readonly Dictionary<ValueSet, PolicySet> _sets = [];

    /// <summary>Sorted by name.</summary>
    public IEnumerable<PolicySet> All => _sets.Values.OrderBy(s => s.Name, StringComparer.Ordinal);

    /// <returns>False if another list has the name already.</returns>
    public bool TryAdd(ValueSet values, PolicySet set)
    {
        if (_sets.Any(s => string.Equals(s.Value.Name, set.Name, StringComparison.Ordinal) && !s.Key.Equals(values)))
        {
            return false;
        }

        _sets.TryAdd(values, set);
        return true;
    }

    public bool TryGet(ValueSet values, [NotNullWhen(true)] out string? name)
    {
        name = _sets.TryGetValue(values, out var set) ? set.Name : null;
        return name is not null;
    }
}
