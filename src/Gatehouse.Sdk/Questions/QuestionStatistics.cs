namespace Gatehouse.Sdk.Questions;

/// <summary>How a client did. Thread-safe.</summary>
public sealed class QuestionStatistics
{
    private long _asked;
    private long _allowed;
    private long _denied;
    private long _missed;
    private long _ticks;
    private long _slowest;

    /// <summary>Questions that came.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    /// <summary>Questions that were allowed in time.</summary>
    public long Allowed => Interlocked.Read(ref _allowed);

    /// <summary>Questions that were denied in time.</summary>
    public long Denied => Interlocked.Read(ref _denied);

    /// <summary>Questions without an answer in time: the handler failed or was too late.</summary>
    public long Missed => Interlocked.Read(ref _missed);

    /// <summary>Mean time from a question's arrival to the agent's receipt; zero before the first.</summary>
    public TimeSpan MeanLatency => Allowed + Denied is > 0 and var answered ? TimeSpan.FromTicks(Interlocked.Read(ref _ticks) / answered) : TimeSpan.Zero;

    /// <summary>The longest such time.</summary>
    public TimeSpan SlowestLatency => TimeSpan.FromTicks(Interlocked.Read(ref _slowest));

    internal void CountAsked() => Interlocked.Increment(ref _asked);

    internal void CountMissed() => Interlocked.Increment(ref _missed);

    internal void CountAnswer(Answer answer, TimeSpan latency)
    {
        Interlocked.Add(ref _ticks, latency.Ticks);
        long slowest;
        while ((slowest = Interlocked.Read(ref _slowest)) < latency.Ticks)
        {
            Interlocked.CompareExchange(ref _slowest, latency.Ticks, slowest);
        }

        Interlocked.Increment(ref answer == Answer.Allow ? ref _allowed : ref _denied);
    }
}
