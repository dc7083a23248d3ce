using System.Text.Json.Serialization;

namespace Gatehouse.Sdk.Events;

/// <summary>One line of the event stream. The JSON property <c>record</c> says which kind it is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "record", IgnoreUnrecognizedTypeDiscriminators = false)]
[JsonDerivedType(typeof(DecisionRecord), "decision")]
[JsonDerivedType(typeof(LossRecord), "loss")]
[JsonDerivedType(typeof(AgentRecord), "agent")]
public abstract record StreamRecord
{
    /// <summary>
    /// Position in the stream of this run of the agent, from 1, growing by one a record; what <c>since</c> refers to.
    /// A loss record that only this subscriber gets carries the position of the last record that was lost.
    /// </summary>
    [JsonPropertyOrder(-1)]
    public required ulong Cursor { get; init; }

    /// <summary>Wall-clock time (RFC 3339). For decisions it is computed from <see cref="MonotonicNs"/>.</summary>
    [JsonPropertyOrder(-1)]
    public required DateTimeOffset Time { get; init; }

    /// <summary>Nanoseconds since boot (CLOCK_BOOTTIME); unlike <see cref="Time"/> it never jumps.</summary>
    [JsonPropertyOrder(-1)]
    public required long MonotonicNs { get; init; }

    /// <summary>The kernel's random id of this boot (<c>/proc/sys/kernel/random/boot_id</c>).</summary>
    [JsonPropertyOrder(-1)]
    public required string BootId { get; init; }
}
