using System.Collections.Immutable;
using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>Makes tests of numbers in their one form: ranges that are sorted, disjoint and not adjacent.</summary>
internal static class NumberRanges
{
    /// <summary>One of these numbers, which are decimal digits.</summary>
    public static NumberTest OneOf(IEnumerable<string> numbers) => Of(
        numbers.Select(n => ulong.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Select(n => new NumberRange(n, n)));

    /// <summary>What a comparison with a number accepts; nothing if no number is less than 0.</summary>
    public static NumberTest Compare(TokenKind op, ulong number) => op switch
    {
        TokenKind.Less => number == 0 ? Of([]) : Of([new NumberRange(0, number - 1)]),
        TokenKind.LessOrEqual => Of([new NumberRange(0, number)]),
        TokenKind.Greater => number == ulong.MaxValue ? Of([]) : Of([new NumberRange(number + 1, ulong.MaxValue)]),
        TokenKind.GreaterOrEqual => Of([new NumberRange(number, ulong.MaxValue)]),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "This does not compare by size."),
    };

    public static NumberTest Of(IEnumerable<NumberRange> ranges)
    {
        var merged = ImmutableArray.CreateBuilder<NumberRange>();
        foreach (var range in ranges.OrderBy(r => r.First))
        {
            if (merged.Count > 0 && (merged[^1].Last == ulong.MaxValue || range.First <= merged[^1].Last + 1))
            {
                merged[^1] = merged[^1] with { Last = Math.Max(merged[^1].Last, range.Last) };
            }
            else
            {
                merged.Add(range);
            }
        }

        return new NumberTest(merged.DrainToImmutable());
    }
}
