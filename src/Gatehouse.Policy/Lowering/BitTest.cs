namespace Gatehouse.Policy;

/// <summary>A bit that must be set or clear.</summary>
/// <param name="Set">Which.</param>
/// <param name="Tested">What the bit stands for if it is an ancestor, argument or environment test.</param>
/// <param name="OfFiles">Whether what is no file passes neither answer.</param>
internal sealed record BitTest(bool Set, Conjunction? Tested, bool OfFiles = false) : RowTest
{
    /// <summary>
    /// Texts are known in the second stage only: a row that tests them stays one, even if both answers are right. So does one
    /// that tests a file.
    /// </summary>
    public override bool CanMerge => Tested is not { IsOfTexts: true } && !OfFiles;

    public override RowTest? And(RowTest other, SetAlgebra sets) => ((BitTest)other).Set == Set ? this : null;

    public override RowTest? Or(IReadOnlyList<RowTest> tests, SetAlgebra sets) =>
        tests.All(t => ((BitTest)t).Set == Set) ? this : null;

    public override bool Covers(RowTest inner, SetAlgebra sets) => ((BitTest)inner).Set == Set;
}
