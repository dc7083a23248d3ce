using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>A test of a condition, and where it stands in it.</summary>
/// <param name="Test">The test.</param>
/// <param name="Negated">Whether it stands under an odd number of negations.</param>
/// <param name="InsideAncestor">Whether it stands inside <c>ancestor(…)</c>.</param>
/// <param name="NegatedInside">If so, whether the negations inside it are odd.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FoundTest(TestCondition Test, bool Negated, bool InsideAncestor, bool NegatedInside)
{
    public PolicyField Field => Test.Field;
}
