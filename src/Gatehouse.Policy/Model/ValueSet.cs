using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>
/// A set of texts: paths, hashes (lower-case hex) or kinds. Sorted and without duplicates, so that equal sets are equal
/// objects for a dictionary and set operations are merges with a known cost.
/// </summary>
internal sealed class ValueSet : IEquatable<ValueSet>
{
    private readonly int _hash;

    private ValueSet(ImmutableArray<string> sortedDistinct)
    {
        Items = sortedDistinct;
        var hash = default(HashCode);
        foreach (var item in sortedDistinct)
        {
            hash.Add(item, StringComparer.Ordinal);
        }

        _hash = hash.ToHashCode();
    }

    public static ValueSet Empty { get; } = new([]);

    public ImmutableArray<string> Items { get; }

    public int Count => Items.Length;

    public static ValueSet Of(IEnumerable<string> items)
    {
        var sorted = items.Distinct(StringComparer.Ordinal).ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
        return FromSorted(ImmutableCollectionsMarshal.AsImmutableArray(sorted));
    }

    /// <param name="sortedDistinct">Ordinally sorted and without duplicates.</param>
    public static ValueSet FromSorted(ImmutableArray<string> sortedDistinct) =>
        sortedDistinct.IsEmpty ? Empty : new(sortedDistinct);

    public bool Contains(string value) => Items.BinarySearch(value, StringComparer.Ordinal) >= 0;

    public bool Equals(ValueSet? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Items.AsSpan().SequenceEqual(other.Items.AsSpan()));

    public override bool Equals(object? obj) => Equals(obj as ValueSet);

    public override int GetHashCode() => _hash;
}
