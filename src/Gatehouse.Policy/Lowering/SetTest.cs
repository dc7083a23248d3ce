namespace Gatehouse.Policy;

/// <summary>
/// One of these values or, if <paramref name="Excluded"/>, none of them: files and hashes. A hash may be unknown, so a test
/// that every hash passes is still not the same as having no test.
/// </summary>
internal sealed record SetTest(ValueSet Values, bool Excluded, bool MayBeUnknown) : RowTest
{
    public override bool IsPositive => !Excluded;

    public bool Accepts(string value) => Values.Contains(value) != Excluded;

    public override RowTest? And(RowTest other, SetAlgebra sets)
    {
        var b = (SetTest)other;
        var both = (Excluded, b.Excluded) switch
        {
            (false, false) => this with { Values = sets.Intersect(Values, b.Values) },
            (true, true) => this with { Values = sets.Union(Values, b.Values) },
            (false, true) => this with { Values = sets.Except(Values, b.Values) },
            (true, false) => b with { Values = sets.Except(b.Values, Values) },
        };
        return both is { Excluded: false, Values.Count: 0 } ? null : both;
    }

    public override RowTest? Or(IReadOnlyList<RowTest> tests, SetAlgebra sets)
    {
        var included = tests.Cast<SetTest>().Where(t => !t.Excluded).Select(t => t.Values).ToList();
        var excluded = tests.Cast<SetTest>().Where(t => t.Excluded).Select(t => t.Values).ToList();
        var union = included.Count == 0 ? ValueSet.Empty : sets.Union(included);
        if (excluded.Count == 0)
        {
            return this with { Values = union, Excluded = false };
        }

        var rest = sets.Except(excluded.Aggregate(sets.Intersect), union);
        return rest.Count == 0 && !MayBeUnknown ? null : this with { Values = rest, Excluded = true };
    }

    public override bool Covers(RowTest inner, SetAlgebra sets)
    {
        var other = (SetTest)inner;
        return (Excluded, other.Excluded) switch
        {
            (false, false) => sets.IsSubset(other.Values, Values),
            (true, true) => sets.IsSubset(Values, other.Values),
            (true, false) => sets.Intersect(other.Values, Values).Count == 0,
            (false, true) => false,
        };
    }
}
