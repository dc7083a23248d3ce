namespace Gatehouse.Policy;

/// <summary>Numbers arrays from 0 on; equal ones have one number.</summary>
internal sealed class ArrayInterner
{
    private readonly Dictionary<int[], int> _indexes = new(new ArrayComparer());
    private readonly List<int[]> _arrays = [];

    public int Count => _arrays.Count;

    public int[] this[int index] => _arrays[index];

    /// <param name="array">Kept; must not change any more.</param>
    public int Add(int[] array)
    {
        if (!_indexes.TryGetValue(array, out var index))
        {
            index = _arrays.Count;
            _indexes.Add(array, index);
            _arrays.Add(array);
        }

        return index;
    }

    /// <summary>Adds an array under a number of its own even if there is an equal one.</summary>
    public int AddApart(int[] array)
    {
        _arrays.Add(array);
        return _arrays.Count - 1;
    }
}
