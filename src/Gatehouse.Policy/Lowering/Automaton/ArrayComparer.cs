namespace Gatehouse.Policy;

/// <summary>Arrays are equal if their elements are.</summary>
internal sealed class ArrayComparer : IEqualityComparer<int[]>
{
    public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(int[] obj)
    {
        var hash = default(HashCode);
        foreach (var element in obj)
        {
            hash.Add(element);
        }

        return hash.ToHashCode();
    }
}
