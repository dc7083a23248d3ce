using System.Collections.Immutable;

namespace Gatehouse.Trust;

/// <summary>What is trusted: entries in their order, each once. Immutable.</summary>
public sealed class TrustDatabase
{
    private TrustDatabase(ulong counter, ImmutableArray<TrustEntry> entries)
    {
        Counter = counter;
        Entries = entries;
    }

    /// <summary>Nothing is trusted.</summary>
    public static TrustDatabase Empty { get; } = new(0, []);

    /// <summary>Grows by one with each writing; 0 is no writing at all.</summary>
    public ulong Counter { get; }

    /// <summary>Sorted and without repetition.</summary>
    public ImmutableArray<TrustEntry> Entries { get; }

    /// <summary>Sorts, and leaves out repetitions.</summary>
    public static TrustDatabase Create(ulong counter, IEnumerable<TrustEntry> entries)
    {
        TrustEntry[] sorted = [.. entries];
        Array.Sort(sorted);
        var distinct = ImmutableArray.CreateBuilder<TrustEntry>(sorted.Length);
        foreach (var entry in sorted)
        {
            // The same digest has the same size, unless one was recorded without: the first is as good as the second.
            if (distinct.Count == 0 || distinct[^1].CompareTo(entry) != 0)
            {
                distinct.Add(entry);
            }
        }

        return new TrustDatabase(counter, distinct.ToImmutable());
    }

    /// <summary>For the reader of the file, which has checked the order.</summary>
    internal static TrustDatabase OfSorted(ulong counter, ImmutableArray<TrustEntry> entries) => new(counter, entries);
}
