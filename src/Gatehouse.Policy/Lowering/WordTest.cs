namespace Gatehouse.Policy;

/// <summary>One of the words whose numbers are the bits of <paramref name="Accepted"/>.</summary>
internal sealed record WordTest(ulong Accepted) : RowTest
{
    public override RowTest? And(RowTest other, SetAlgebra sets)
    {
        var both = Accepted & ((WordTest)other).Accepted;
        return both == 0 ? null : new WordTest(both);
    }

    /// <summary>Stays a test even if it names all words: an operation might not have said which.</summary>
    public override RowTest Or(IReadOnlyList<RowTest> tests, SetAlgebra sets) =>
        new WordTest(tests.Aggregate(0UL, (words, t) => words | ((WordTest)t).Accepted));

    public override bool Covers(RowTest inner, SetAlgebra sets) => (((WordTest)inner).Accepted & ~Accepted) == 0;
}
