namespace Gatehouse.Policy;

/// <summary>A recorded operation that a rule reported without refusing it.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Rule">The rule as <c>policy/rule</c>, or null if its name was not recorded.</param>
public sealed record LearnedEvent(RecordedOperation Operation, string? Rule);
