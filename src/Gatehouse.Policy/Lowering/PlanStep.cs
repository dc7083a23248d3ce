using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>
/// One vector of a plan. A plan's steps form terms (AND of steps), terms form groups (OR of terms), and the rows that match
/// are the AND of the groups: <c>AND over groups (OR over terms (AND over steps))</c>.
/// </summary>
/// <param name="Table">Index into <see cref="PolicyImage.Tables"/>.</param>
/// <param name="Source">Index of the fact: of a class if <see cref="IsClass"/>, else of a mask.</param>
/// <param name="Bit">For a mask: the bit that chooses between the table's entries 0 and 1. Else -1.</param>
/// <param name="BeginsTerm">The first step of its term.</param>
/// <param name="EndsTerm">The last step of its term.</param>
/// <param name="EndsGroup">The last step of its group.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PlanStep(int Table, int Source, int Bit, bool BeginsTerm, bool EndsTerm, bool EndsGroup)
{
    /// <summary>Whether the source is a mask that is itself a class, because there is no place for it among the classes.</summary>
    public bool IsMaskClass { get; init; }

    /// <summary>Whether the source is a class.</summary>
    public bool IsClass => Bit < 0 && !IsMaskClass;
}
