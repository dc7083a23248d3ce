namespace Gatehouse.Policy;

/// <summary>
/// Collects vectors and gives equal ones the same value id. Value 0 is all zero. Beyond the limits nothing is kept any more,
/// and <see cref="ExceededBy"/> says whose vector was the first too many.
/// </summary>
internal sealed class VectorTable(int wordCount)
{
    private readonly Dictionary<ulong[], int> _ids = new(new SameWords()) { [new ulong[wordCount]] = 0 };
    private readonly List<ulong[]> _vectors = [new ulong[wordCount]];

    public int WordCount => wordCount;

    public int Count => _vectors.Count;

    /// <summary>The rule whose facts are being added.</summary>
    public PolicyRule? Current { get; set; }

    public PolicyRule? ExceededBy { get; private set; }

    /// <summary>Whether <see cref="ExceededBy"/> is by the memory, and not by the number.</summary>
    public bool ExceedsMemory { get; private set; }

    public ulong[] this[int id] => _vectors[id];

    /// <param name="vector">Copied if it is a new one.</param>
    public int Add(ulong[] vector)
    {
        if (_ids.TryGetValue(vector, out var id) || ExceededBy is not null)
        {
            return id;
        }

        var tooMuch = (_vectors.Count + 1L) * wordCount * sizeof(ulong) > PolicyLimits.MaxCellBytes;
        if (Current is not null && (tooMuch || _vectors.Count == PolicyLimits.MaxValues))
        {
            (ExceededBy, ExceedsMemory) = (Current, tooMuch);
            return 0;
        }

        id = _vectors.Count;
        var copy = (ulong[])vector.Clone();
        _ids.Add(copy, id);
        _vectors.Add(copy);
        return id;
    }

    public ulong[] ToCells()
    {
        var cells = new ulong[_vectors.Count * wordCount];
        for (var i = 0; i < _vectors.Count; i++)
        {
            _vectors[i].CopyTo(cells, i * wordCount);
        }

        return cells;
    }

    private sealed class SameWords : IEqualityComparer<ulong[]>
    {
        public bool Equals(ulong[]? x, ulong[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(ulong[] obj)
        {
            // Vectors are long and mostly zero: only what is set is hashed.
            var hash = 0UL;
            for (var i = 0; i < obj.Length; i++)
            {
                if (obj[i] != 0)
                {
                    hash = (hash ^ obj[i] ^ ((ulong)i << 32)) * 0x9e3779b97f4a7c15;
                    hash ^= hash >> 29;
                }
            }

            return (int)hash ^ (int)(hash >> 32);
        }
    }
}
