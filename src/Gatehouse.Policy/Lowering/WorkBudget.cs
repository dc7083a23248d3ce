namespace Gatehouse.Policy;

/// <summary>
/// Counts the set elements touched. After exhaustion set operations return at once with a wrong (empty) result, which
/// is
/// harmless because whoever owns the budget reports an error instead of using what came out.
/// </summary>
internal sealed class WorkBudget(long elements)
{
    private long _remaining = elements;

    public bool Exhausted => _remaining < 0;

    public bool TrySpend(long elements)
    {
        _remaining -= Math.Min(elements, _remaining + 1);
        return !Exhausted;
    }
}
