using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Finds the fewest rules whose move explains another order.</summary>
internal static class RuleOrder
{
    /// <returns>Each moved rule with the one that it stood behind, and stands behind now; null for none, the beginning.</returns>
    public static IEnumerable<(string Rule, string? Before, string? After)> Moves(
        ImmutableArray<string> before, ImmutableArray<string> after)
    {
        var places = before.Index().ToDictionary(static p => p.Item, static p => p.Index, StringComparer.Ordinal);
        var common = after.Where(places.ContainsKey).ToList();
        var kept = LongestAscending([.. common.Select(name => places[name])]);
        if (kept.Count == common.Count)
        {
            yield break;
        }

        var commonBefore = before.Where(common.ToHashSet(StringComparer.Ordinal).Contains).ToList();
        var placesInCommon = commonBefore.Index().ToDictionary(static p => p.Item, static p => p.Index, StringComparer.Ordinal);
        for (var i = 0; i < common.Count; i++)
        {
            if (!kept.Contains(places[common[i]]))
            {
                var was = placesInCommon[common[i]];
                yield return (common[i], was == 0 ? null : commonBefore[was - 1], i == 0 ? null : common[i - 1]);
            }
        }
    }

    /// <summary>Patience sorting: the rules that can stay where they are.</summary>
    private static HashSet<int> LongestAscending(ImmutableArray<int> values)
    {
        var ends = new List<int>();
        var previous = new int[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (low, high) = (0, ends.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = values[ends[middle]] < values[i] ? (middle + 1, high) : (low, middle);
            }

            previous[i] = low == 0 ? -1 : ends[low - 1];
            if (low == ends.Count)
            {
                ends.Add(i);
            }
            else
            {
                ends[low] = i;
            }
        }

        var kept = new HashSet<int>();
        for (var i = ends.Count == 0 ? -1 : ends[^1]; i >= 0; i = previous[i])
        {
            kept.Add(values[i]);
        }

        return kept;
    }
}
