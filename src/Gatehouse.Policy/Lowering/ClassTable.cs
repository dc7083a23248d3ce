using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>From the classes of one fact to vectors.</summary>
/// <param name="Values">By class: the value id of the rows that a fact of this class satisfies.</param>
/// <param name="Positive">
/// For names and files: value id of the rows whose test of this fact is one for membership. A file that stands at several
/// bound paths satisfies these if one of the paths does, and the others if all do; see <see cref="PolicyImage.UnionOf"/>.
/// </param>
/// <param name="Kind">Which facts it is for.</param>
public sealed record ClassTable(ClassTableKind Kind, ImmutableArray<int> Values, int Positive);
