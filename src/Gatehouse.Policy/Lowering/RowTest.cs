namespace Gatehouse.Policy;

/// <summary>What a row asks of one fact. Immutable; equal tests are equal objects for a dictionary.</summary>
internal abstract record RowTest
{
    /// <summary>Whether alternatives that differ in this test only can become one row.</summary>
    public virtual bool CanMerge => true;

    /// <summary>Whether the test is one for membership in something, which one of several names or paths can fulfil.</summary>
    public virtual bool IsPositive => true;

    /// <summary>Both, or null if that is a contradiction.</summary>
    public abstract RowTest? And(RowTest other, SetAlgebra sets);

    /// <summary>Any of several, or null if everything then passes and no test is needed.</summary>
    public abstract RowTest? Or(IReadOnlyList<RowTest> tests, SetAlgebra sets);

    /// <summary>Whether whatever passes <paramref name="inner"/> passes here.</summary>
    public abstract bool Covers(RowTest inner, SetAlgebra sets);
}
