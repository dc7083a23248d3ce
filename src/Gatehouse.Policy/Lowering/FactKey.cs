using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>Names one fact; a row tests each fact at most once.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Role">Whose it is.</param>
/// <param name="Index">Among the facts of the role, as <see cref="PolicyField.Index"/>; 0 for names.</param>
/// <param name="Bit">Of a mask, else 0.</param>
/// <param name="Text">Of an ancestor, argument or environment test: what it tests, in its one spelling. Else empty.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FactKey(FactKind Kind, FieldRole Role, int Index, int Bit, string Text)
    : IComparable<FactKey>
{
    public bool IsName => Kind is FactKind.ForwardName or FactKind.BackwardName or FactKind.GlobName;

    /// <summary>Known only when the new program is in place.</summary>
    public bool IsOfTexts => Kind is FactKind.Argument or FactKind.Environment;

    public static FactKey Of(FactKind kind, PolicyField field, int bit = 0) => new(kind, field.Role, field.Index, bit, "");

    public static FactKey Name(FactKind kind, FieldRole role) => new(kind, role, 0, 0, "");

    public int CompareTo(FactKey other)
    {
        var order = Kind.CompareTo(other.Kind);
        order = order != 0 ? order : Role.CompareTo(other.Role);
        order = order != 0 ? order : Index.CompareTo(other.Index);
        order = order != 0 ? order : Bit.CompareTo(other.Bit);
        return order != 0 ? order : string.CompareOrdinal(Text, other.Text);
    }

    public static bool operator <(FactKey left, FactKey right) => left.CompareTo(right) < 0;

    public static bool operator <=(FactKey left, FactKey right) => left.CompareTo(right) <= 0;

    public static bool operator >(FactKey left, FactKey right) => left.CompareTo(right) > 0;

    public static bool operator >=(FactKey left, FactKey right) => left.CompareTo(right) >= 0;
}
