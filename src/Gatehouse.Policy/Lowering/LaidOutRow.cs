namespace Gatehouse.Policy;

/// <summary>A row with everything that the vectors are made from.</summary>
/// <param name="Position">Its bit in every vector.</param>
/// <param name="Rule">Null for an ancestor, argument or environment test.</param>
/// <param name="Blamed">The rule to name if a limit is exceeded here: of a test, the first that has it.</param>
/// <param name="Conjunction">What it tests.</param>
internal sealed record LaidOutRow(int Position, PolicyRule? Rule, PolicyRule Blamed, Conjunction Conjunction);
