namespace Gatehouse.Policy;

/// <summary>A condition in disjunctive normal form, or the reason why it has none within the limits.</summary>
/// <param name="Conjunctions">The rows; empty if the condition can never be true.</param>
/// <param name="TooMany">If not null, the number of conjunctions at which the work was given up.</param>
/// <param name="OutOfBudget">Whether the work was given up because it touched too many set elements.</param>
internal sealed record NormalForm(IReadOnlyList<Conjunction> Conjunctions, long? TooMany, bool OutOfBudget)
{
    public bool Succeeded => TooMany is null && !OutOfBudget;
}
