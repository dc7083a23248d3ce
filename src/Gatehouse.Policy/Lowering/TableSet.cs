using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The class tables of an image; equal ones are one, whatever they are for.</summary>
internal sealed class TableSet
{
    private readonly ArrayInterner _known = new();
    private readonly Dictionary<FactKey, int> _indexes = [];

    public ImmutableArray<ClassTable>.Builder Tables { get; } = ImmutableArray.CreateBuilder<ClassTable>();

    public bool Has(FactKey key) => _indexes.ContainsKey(key);

    public int this[FactKey key] => _indexes[key];

    public void Add(FactKey key, ClassTableKind kind, IReadOnlyCollection<int> values, int positive = 0)
    {
        var index = _known.Add([(int)kind, positive, .. values]);
        if (index == Tables.Count)
        {
            Tables.Add(new ClassTable(kind, [.. values], positive));
        }

        _indexes.Add(key, index);
    }
}
