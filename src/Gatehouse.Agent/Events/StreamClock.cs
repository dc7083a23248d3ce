using Gatehouse.Sdk.Events;

namespace Gatehouse.Agent.Events;

/// <summary>Makes records that the agent itself writes into the stream, with the times that every record carries.</summary>
internal sealed class StreamClock(BootClock boot, string bootId)
{
    public string BootId => bootId;

    public BootClock Boot => boot;

    public LossRecord Loss(string cause, ulong cursor, IReadOnlyDictionary<string, ulong> lost)
    {
        var (wall, sinceBoot) = boot.Now();
        return new LossRecord
        {
            Cursor = cursor,
            Time = wall,
            MonotonicNs = Nanoseconds(sinceBoot),
            BootId = bootId,
            Cause = cause,
            Lost = lost,
        };
    }

    public AgentRecord Agent(string operation, string detail, ulong generation)
    {
        var (wall, sinceBoot) = boot.Now();
        return new AgentRecord
        {
            Cursor = 0,
            Time = wall,
            MonotonicNs = Nanoseconds(sinceBoot),
            BootId = bootId,
            Operation = operation,
            Detail = detail,
            Generation = generation,
        };
    }

    public static long Nanoseconds(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;
}
