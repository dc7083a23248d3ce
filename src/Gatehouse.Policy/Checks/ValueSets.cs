namespace Gatehouse.Policy;

/// <summary>Set operations that stop, with a result that is too large, when their budget is spent.</summary>
internal static class ValueSets
{
    public static ValueSet Common(ValueSet a, ValueSet b, ref int budget)
    {
        var (small, large) = a.Count < b.Count ? (a, b) : (b, a);
        return Filter(small, large, keepCommon: true, ref budget);
    }

    public static ValueSet Without(ValueSet a, ValueSet b, ref int budget) => Filter(a, b, keepCommon: false, ref budget);

    private static ValueSet Filter(ValueSet a, ValueSet b, bool keepCommon, ref int budget)
    {
        budget -= a.Count + 1;
        return budget < 0 ? a : ValueSet.FromSorted([.. a.Items.Where(item => b.Contains(item) == keepCommon)]);
    }
}
