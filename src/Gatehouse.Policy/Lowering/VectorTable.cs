namespace Gatehouse.Policy;

/// <summary>Collects vectors and gives equal ones the same value id. Value 0 is all zero.</summary>
internal sealed class VectorTable(int wordCount)
{
    private readonly Dictionary<ulong[], int> _ids = new(new SameWords()) { [new ulong[wordCount]] = 0 };
    private readonly List<ulong[]> _vectors = [new ulong[wordCount]];

    public int Count => _vectors.Count;

    public ulong[] this[int id] => _vectors[id];

    public int Add(ulong[] vector)
    {
        if (_ids.TryGetValue(vector, out var id))
        {
            return id;
        }

        id = _vectors.Count;
        _ids.Add(vector, id);
        _vectors.Add(vector);
        return id;
    }

    public ulong[] ToCells() => [.. _vectors.SelectMany(v => v)];

    private sealed class SameWords : IEqualityComparer<ulong[]>
    {
        public bool Equals(ulong[]? x, ulong[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(ulong[] obj)
        {
            var hash = default(HashCode);
            foreach (var word in obj)
            {
                hash.Add(word);
            }

            return hash.ToHashCode();
        }
    }
}
