namespace Gatehouse.Policy;

/// <summary>One fact that rules test.</summary>
/// <param name="Name">The field; of names with the machine, of masks with the word, of tests with what they test.</param>
/// <param name="Kind">What its classes come from.</param>
/// <param name="ClassCount">Classes that it is sorted into.</param>
/// <param name="VectorCount">Different vectors among these.</param>
public sealed record DimensionExplanation(string Name, ClassTableKind Kind, int ClassCount, int VectorCount);
