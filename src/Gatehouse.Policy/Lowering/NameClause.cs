using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>A name that is one of these or fits one of these patterns.</summary>
/// <param name="Exact">Whole names; empty for suffixes and globs.</param>
/// <param name="Patterns">Prefixes, suffixes or globs, as the fact says that is tested.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NameClause(ValueSet Exact, ValueSet Patterns) : IComparable<NameClause>
{
    public bool IsExact => Patterns.Count == 0;

    public bool Covers(NameClause inner, SetAlgebra sets) =>
        sets.IsSubset(inner.Exact, Exact) && sets.IsSubset(inner.Patterns, Patterns);

    public int CompareTo(NameClause other)
    {
        var order = Compare(Exact, other.Exact);
        return order != 0 ? order : Compare(Patterns, other.Patterns);
    }

    private static int Compare(ValueSet a, ValueSet b)
    {
        for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            var order = string.CompareOrdinal(a.Items[i], b.Items[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Count.CompareTo(b.Count);
    }

    public static bool operator <(NameClause left, NameClause right) => left.CompareTo(right) < 0;

    public static bool operator <=(NameClause left, NameClause right) => left.CompareTo(right) <= 0;

    public static bool operator >(NameClause left, NameClause right) => left.CompareTo(right) > 0;

    public static bool operator >=(NameClause left, NameClause right) => left.CompareTo(right) >= 0;
}
