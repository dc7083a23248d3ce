using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>A field that conditions may test.</summary>
/// <param name="Name">As conditions write it: <c>process.executable</c>.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Role">What it is a fact of.</param>
/// <param name="Index">
/// Its place among the facts of its role, as the kernel side numbers them: a class for all types but Flag, Words and
/// Texts, and a mask for these.
/// </param>
/// <param name="Operations">The operations that have it.</param>
/// <param name="Description">One sentence for documentation and editors, with the unit.</param>
public sealed record PolicyField(
    string Name, FieldType Type, FieldRole Role, int Index, RuleOperations Operations, string Description)
{
    /// <summary>The words of a Word or Words field with their numbers or bits; the one bit of a Flag field.</summary>
    public ImmutableArray<(string Word, ulong Value)> Words { get; init; } = [];

    /// <summary>
    /// The table of bounds that the value is looked up in: for a Number always, for a Word if its values are not numbered
    /// by us. Null: the class is the value itself.
    /// </summary>
    public NumberTable? Numbers { get; init; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
