using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>One row: one conjunction of one rule, and one bit of every vector.</summary>
/// <param name="RuleIndex">Index of its rule in the image, or -1 for padding, which never matches.</param>
/// <param name="OnMiss">The rule's answer for a file whose hash could not be known; already part of the
/// vectors.</param>
/// <param name="Action">
/// What the row does: the rule's action, or of an <see cref="RuleAction.Ask"/> rule that decides what follows from the
/// client's answer, or from none.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CompiledRow(int RuleIndex, MissAnswer OnMiss, RuleAction Action)
{
    /// <summary>The row that fills a policy up to a multiple of 64.</summary>
    public static CompiledRow Padding => new(-1, MissAnswer.Allow, RuleAction.Allow);
}
