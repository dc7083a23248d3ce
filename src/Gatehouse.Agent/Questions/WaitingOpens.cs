namespace Gatehouse.Agent.Questions;

/// <summary>The opens that the agent has taken and not let go on yet. Thread-safe.</summary>
internal sealed class WaitingOpens(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<long> _since = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _since.Count;
            }
        }
    }

    public LinkedListNode<long> Begin()
    {
        lock (_lock)
        {
            return _since.AddLast(time.GetTimestamp());
        }
    }

    public void End(LinkedListNode<long> open)
    {
        lock (_lock)
        {
            _since.Remove(open);
        }
    }

    /// <summary>Whether one has waited longer than that.</summary>
    public bool IsOverdue(TimeSpan longest)
    {
        lock (_lock)
        {
            return _since.First is { } oldest && time.GetElapsedTime(oldest.Value) > longest;
        }
    }
}
