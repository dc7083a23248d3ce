using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>A field that conditions may test.</summary>
/// <param name="Name">As conditions write it: <c>process.executable</c>.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Role">What it is a fact of.</param>
/// <param name="Index">
/// Its place among the facts of its role, as the kernel side numbers them: a class for all types but Flag, Words and
/// Texts, and a mask for these and for what <see cref="IsMaskClass"/>.
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

    /// <summary>
    /// Its class stands among the masks, because the classes of its role have no place left: <c>image.trust</c> and
    /// <c>image.verityDigest</c>.
    /// </summary>
    public bool IsMaskClass { get; init; }

    /// <summary>
    /// A fact of files only, which a BPF program does not have: a test of it passes none, nor does the opposite test.
    /// </summary>
    internal bool IsOfFiles => Role == FieldRole.Image && Name is not ImageFields.Kind;

    /// <summary>Whether there are values without a word, which pass what is negated and nothing else.</summary>
    internal bool HasOtherWords => Numbers is not null || Name is OperationReach.ProgramType;

    /// <summary>The content decides it, so that it may be unknown, or volatile: <c>onMiss</c> answers for it.</summary>
    internal bool FollowsFromContent => IsMaskClass ? Type == FieldType.Word : Type == FieldType.Sha256;

    /// <inheritdoc />
    public override string ToString() => Name;
}
