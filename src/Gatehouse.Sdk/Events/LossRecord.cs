namespace Gatehouse.Sdk.Events;

/// <summary>Events that happened and that the reader does not get. Their decisions stood all the same.</summary>
public sealed record LossRecord : StreamRecord
{
    /// <summary>
    /// Where they were lost: <c>kernel-ring</c> (no room in the ring between kernel and agent), <c>before-start</c> (as
    /// before, counted before this agent started, so perhaps reported by an earlier one), <c>sequence-gap</c> (numbers that
    /// never arrived although the kernel counts no loss), <c>subscriber</c> (this reader was too slow) or <c>history</c>
    /// (older than what the agent keeps).
    /// </summary>
    public required string Cause { get; init; }

    /// <summary>How many, by operation or class name; <c>any</c> where the class is not known any more.</summary>
    public required IReadOnlyDictionary<string, ulong> Lost { get; init; }
}
