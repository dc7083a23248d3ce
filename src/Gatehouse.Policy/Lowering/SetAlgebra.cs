using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Set operations by merging sorted lists; each spends the elements it touches from a budget.</summary>
internal sealed class SetAlgebra(WorkBudget budget)
{
    /// <summary>
    /// From this ratio of sizes on, looking up the elements of the short list beats walking along both; a look-up is
    /// counted as this many elements.
    /// </summary>
    private const int LookUpCost = 16;

    public bool Exhausted => budget.Exhausted;

    /// <summary>For work on other things than sets.</summary>
    public bool TrySpend(long elements) => budget.TrySpend(elements);

    public ValueSet Union(ValueSet a, ValueSet b)
    {
        if (ReferenceEquals(a, b) || b.Count == 0)
        {
            return a;
        }

        if (a.Count == 0)
        {
            return b;
        }

        if (!budget.TrySpend((long)a.Count + b.Count))
        {
            return ValueSet.Empty;
        }

        var merged = ImmutableArray.CreateBuilder<string>(Math.Max(a.Count, b.Count));
        var (i, j) = (0, 0);
        while (i < a.Count && j < b.Count)
        {
            var order = string.CompareOrdinal(a.Items[i], b.Items[j]);
            merged.Add(order <= 0 ? a.Items[i] : b.Items[j]);
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        merged.AddRange(a.Items.AsSpan()[i..]);
        merged.AddRange(b.Items.AsSpan()[j..]);
        return ValueSet.FromSorted(merged.DrainToImmutable());
    }

    /// <summary>
    /// Union of many: neighbours first, so that a chain of n single values costs n log n and not n squared.
    /// </summary>
    public ValueSet Union(IReadOnlyList<ValueSet> sets)
    {
        while (sets.Count > 1)
        {
            sets = [.. sets.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : Union(pair[0], pair[1]))];
        }

        return sets[0];
    }

    public ValueSet Intersect(ValueSet a, ValueSet b)
    {
        if (ReferenceEquals(a, b))
        {
            return a;
        }

        return a.Count <= b.Count ? Filter(a, b, keepCommon: true) : Filter(b, a, keepCommon: true);
    }

    public ValueSet Except(ValueSet a, ValueSet b) =>
        ReferenceEquals(a, b) ? ValueSet.Empty : Filter(a, b, keepCommon: false);

    public bool IsSubset(ValueSet inner, ValueSet outer)
    {
        if (ReferenceEquals(inner, outer) || inner.Count == 0)
        {
            return true;
        }

        // Most pairs differ at their ends already; rules about one path each end here.
        budget.TrySpend(1);
        return inner.Count <= outer.Count
            && string.CompareOrdinal(inner.Items[0], outer.Items[0]) >= 0
            && string.CompareOrdinal(inner.Items[^1], outer.Items[^1]) <= 0
            && Filter(inner, outer, keepCommon: true).Count == inner.Count;
    }

    /// <summary>The elements of <paramref name="a"/> that are in <paramref name="b"/>, or those that are not.</summary>
    private ValueSet Filter(ValueSet a, ValueSet b, bool keepCommon)
    {
        var lookUp = (long)a.Count * LookUpCost < b.Count;
        if (!budget.TrySpend(lookUp ? (long)a.Count * LookUpCost : (long)a.Count + b.Count))
        {
            return ValueSet.Empty;
        }

        var kept = ImmutableArray.CreateBuilder<string>();
        var at = 0;
        foreach (var item in a.Items)
        {
            while (!lookUp && at < b.Count && string.CompareOrdinal(b.Items[at], item) < 0)
            {
                at++;
            }

            var common = lookUp
                ? b.Contains(item)
                : at < b.Count && string.Equals(b.Items[at], item, StringComparison.Ordinal);
            if (common == keepCommon)
            {
                kept.Add(item);
            }
        }

        return kept.Count == a.Count ? a : ValueSet.FromSorted(kept.DrainToImmutable());
    }
}
