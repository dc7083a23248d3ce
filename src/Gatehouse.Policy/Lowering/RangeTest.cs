using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>A number in one of these ranges: sorted, disjoint, not adjacent, and never empty.</summary>
/// <param name="Ranges">The ranges; not everything, but if <paramref name="OfFiles"/>.</param>
/// <param name="Table">Where it is looked up.</param>
/// <param name="OfFiles">Stays a test even if every number passes it: what is no file has none.</param>
internal sealed record RangeTest(ImmutableArray<NumberRange> Ranges, NumberTable Table, bool OfFiles = false) : RowTest
{
    /// <summary>The ranges in their one form.</summary>
    public static ImmutableArray<NumberRange> Normalise(IEnumerable<NumberRange> ranges)
    {
        var result = new List<NumberRange>();
        foreach (var range in ranges.Where(r => r.First <= r.Last).OrderBy(r => r.First))
        {
            if (result.Count > 0 && (result[^1].Last == ulong.MaxValue || range.First <= result[^1].Last + 1))
            {
                result[^1] = new NumberRange(result[^1].First, Math.Max(result[^1].Last, range.Last));
            }
            else
            {
                result.Add(range);
            }
        }

        return [.. result];
    }

    public static ImmutableArray<NumberRange> Complement(ImmutableArray<NumberRange> ranges)
    {
        var result = ImmutableArray.CreateBuilder<NumberRange>();
        var next = 0UL;
        foreach (var range in ranges)
        {
            if (range.First > next)
            {
                result.Add(new NumberRange(next, range.First - 1));
            }

            if (range.Last == ulong.MaxValue)
            {
                return result.ToImmutable();
            }

            next = range.Last + 1;
        }

        result.Add(new NumberRange(next, ulong.MaxValue));
        return result.ToImmutable();
    }

    public static bool IsEverything(ImmutableArray<NumberRange> ranges) =>
        ranges is [{ First: 0, Last: ulong.MaxValue }];

    public override RowTest? And(RowTest other, SetAlgebra sets)
    {
        var both = Intersect(Ranges, ((RangeTest)other).Ranges, sets);
        return both.IsEmpty ? null : this with { Ranges = both };
    }

    public override RowTest? Or(IReadOnlyList<RowTest> tests, SetAlgebra sets)
    {
        var all = tests.SelectMany(t => ((RangeTest)t).Ranges).ToList();
        if (!sets.TrySpend(all.Count))
        {
            return this;
        }

        var union = Normalise(all);
        return IsEverything(union) && !OfFiles ? null : this with { Ranges = union };
    }

    public override bool Covers(RowTest inner, SetAlgebra sets)
    {
        var ranges = ((RangeTest)inner).Ranges;
        return Intersect(Ranges, ranges, sets).AsSpan().SequenceEqual(ranges.AsSpan());
    }

    public bool Equals(RangeTest? other) =>
        other is not null && Table == other.Table && Ranges.AsSpan().SequenceEqual(other.Ranges.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Table, Ranges.Length, Ranges[0], Ranges[^1]);

    private static ImmutableArray<NumberRange> Intersect(
        ImmutableArray<NumberRange> a, ImmutableArray<NumberRange> b, SetAlgebra sets)
    {
        if (!sets.TrySpend((long)a.Length + b.Length))
        {
            return [];
        }

        var both = ImmutableArray.CreateBuilder<NumberRange>();
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            var first = Math.Max(a[i].First, b[j].First);
            var last = Math.Min(a[i].Last, b[j].Last);
            if (first <= last)
            {
                both.Add(new NumberRange(first, last));
            }

            if (a[i].Last < b[j].Last)
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return both.ToImmutable();
    }
}
