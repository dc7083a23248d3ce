namespace Gatehouse.Policy;

/// <summary>How one operation is decided.</summary>
/// <param name="Operation">The operation, as the kernel side numbers it.</param>
/// <param name="RowCount">Rows that are for it.</param>
/// <param name="StepCount">Vectors that a decision intersects.</param>
/// <param name="Needs">Facts that it looks at.</param>
public sealed record OperationExplanation(GateOperation Operation, int RowCount, int StepCount, OperationNeeds Needs);
