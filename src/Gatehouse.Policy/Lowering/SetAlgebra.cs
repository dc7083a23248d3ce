using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Set operations by merging sorted lists; each spends what it touches from a budget.</summary>
internal sealed class SetAlgebra(WorkBudget budget)
{
    public bool Exhausted => budget.Exhausted;

    public ValueSet Union(ValueSet a, ValueSet b)
    {
        if (ReferenceEquals(a, b) || b.Count == 0)
        {
            return a;
        }

        return a.Count == 0 ? b : Union([a, b]);
    }

    /// <summary>Union of many at once: linear in the elements where a fold would be quadratic.</summary>
    public ValueSet Union(IReadOnlyList<ValueSet> sets)
    {
        if (sets.Count == 1)
        {
            return sets[0];
        }

        return budget.TrySpend(sets.Sum(s => (long)s.Count)) ? ValueSet.Of(sets.SelectMany(s => s.Items)) : ValueSet.Empty;
    }

    public ValueSet Intersect(ValueSet a, ValueSet b) => ReferenceEquals(a, b) ? a : Merge(a, b, keepCommon: true);

    public ValueSet Except(ValueSet a, ValueSet b) => ReferenceEquals(a, b) ? ValueSet.Empty : Merge(a, b, keepCommon: false);

    public bool IsSubset(ValueSet inner, ValueSet outer)
    {
        if (ReferenceEquals(inner, outer))
        {
            return true;
        }

        return inner.Count <= outer.Count && Intersect(inner, outer).Count == inner.Count;
    }

    private ValueSet Merge(ValueSet a, ValueSet b, bool keepCommon)
    {
        // A short list is looked up in the long one, so that testing one path against a large set stays cheap.
        if (keepCommon && b.Count < a.Count)
        {
            (a, b) = (b, a);
        }

        if (!budget.TrySpend(a.Count))
        {
            return ValueSet.Empty;
        }

        var kept = ImmutableArray.CreateBuilder<string>();
        foreach (var item in a.Items)
        {
            if (b.Contains(item) == keepCommon)
            {
                kept.Add(item);
            }
        }

        return kept.Count == a.Count ? a : ValueSet.FromSorted(kept.ToImmutable());
    }
}
