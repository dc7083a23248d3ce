namespace Gatehouse.Trust;

/// <summary>One digest that is trusted.</summary>
/// <param name="Path">Where the file stood when it was recorded, for people and for verification. It grants nothing.</param>
/// <param name="Kind">What the digest is made of.</param>
/// <param name="Digest">The digest.</param>
/// <param name="Size">Bytes that it is made of; null if not known.</param>
/// <param name="Origin">Who says so.</param>
public sealed record TrustEntry(string Path, DigestKind Kind, TrustDigest Digest, long? Size, TrustOrigin Origin) : IComparable<TrustEntry>
{
    /// <summary>Who says so.</summary>
    public TrustSource Source => Origin.Source;

    /// <summary>The order in the file: by path, so that a difference between two databases reads well.</summary>
    public int CompareTo(TrustEntry? other)
    {
        if (other is null)
        {
            return 1;
        }

        var order = string.CompareOrdinal(Path, other.Path);
        order = order != 0 ? order : Kind.CompareTo(other.Kind);
        order = order != 0 ? order : Source.CompareTo(other.Source);
        order = order != 0 || ReferenceEquals(Origin, other.Origin) ? order : string.CompareOrdinal(Origin.ToString(), other.Origin.ToString());
        return order != 0 ? order : Digest.CompareTo(other.Digest);
    }

    /// <summary>By their order in the file.</summary>
    public static bool operator <(TrustEntry left, TrustEntry right) => Compare(left, right) < 0;

    /// <summary>By their order in the file.</summary>
    public static bool operator >(TrustEntry left, TrustEntry right) => Compare(left, right) > 0;

    /// <summary>By their order in the file.</summary>
    public static bool operator <=(TrustEntry left, TrustEntry right) => Compare(left, right) <= 0;

    /// <summary>By their order in the file.</summary>
    public static bool operator >=(TrustEntry left, TrustEntry right) => Compare(left, right) >= 0;

    private static int Compare(TrustEntry? left, TrustEntry? right) => left is null ? (right is null ? 0 : -1) : left.CompareTo(right);
}
