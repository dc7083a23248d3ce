using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>
/// How a condition holds, in three values each: whatever arguments and environment are, and by a test of these. Null
/// depends on what was not recorded.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PartialFound(bool? WithoutTexts, bool? WithTexts)
{
    public static PartialFound Nothing => new(WithoutTexts: false, WithTexts: false);

    public static PartialFound Always => new(WithoutTexts: true, WithTexts: false);

    public bool? Any => Or(WithoutTexts, WithTexts);

    public static bool? Or(bool? a, bool? b) => a == true || b == true ? true : a is null || b is null ? null : false;

    public static bool? And(bool? a, bool? b) => !Or(!a, !b);

    /// <summary>Either holds.</summary>
    public PartialFound Or(PartialFound other) =>
        new(Or(WithoutTexts, other.WithoutTexts), Or(WithTexts, other.WithTexts));

    /// <summary>Both hold: by texts if one of them can by texts.</summary>
    public PartialFound And(PartialFound other) => new(
        And(WithoutTexts, other.WithoutTexts), And(And(Any, other.Any), Or(WithTexts, other.WithTexts)));
}
