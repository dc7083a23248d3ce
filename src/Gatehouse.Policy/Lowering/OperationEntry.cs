using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>How one operation, or one set of ancestor, argument or environment tests, is decided.</summary>
/// <param name="ValueId">The rows that are for it; 0 if none is.</param>
/// <param name="Needs">Which facts its rows test.</param>
/// <param name="Steps">The plan: what to intersect.</param>
public sealed record OperationEntry(int ValueId, OperationNeeds Needs, ImmutableArray<PlanStep> Steps)
{
    /// <summary>No rule asks for it.</summary>
    public static OperationEntry None { get; } = new(0, OperationNeeds.None, []);
}
