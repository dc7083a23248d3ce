using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>
/// How an event lies in the bulk stream: a fixed part that filters and readers look at in place, then the rest one field after the other. Little-endian,
/// each event a multiple of 8 bytes. The fixed part of a version never changes; another layout is another <see cref="ClientFrame.Version"/>.
/// </summary>
public static class EventLayout
{
    /// <summary>Where the fields of each event are.</summary>
    public const int Length = 0;

    /// <summary>8 bits: <see cref="EventKind"/>.</summary>
    public const int Kind = 4;

    /// <summary>8 bits: index in <see cref="Operations"/>.</summary>
    public const int Operation = 5;

    /// <summary>8 bits: <see cref="Events.Verdict"/>.</summary>
    public const int Verdict = 6;

    /// <summary>8 bits: <see cref="Events.EventMode"/>; bit 7: provoked by the agent to prove enforcement.</summary>
    public const int Mode = 7;

    /// <summary>64 bits: position in the stream of this run of the agent.</summary>
    public const int Cursor = 8;

    /// <summary>64 bits: nanoseconds since boot.</summary>
    public const int MonotonicNs = 16;

    /// <summary>64 bits: ticks of UTC (100 ns).</summary>
    public const int UtcTicks = 24;

    /// <summary>Bytes of the fixed part that all kinds have.</summary>
    public const int CommonBytes = 32;

    /// <summary>64 bits each, of a decision: sequence over all classes, within the class, generation.</summary>
    public const int Sequence = 32;

    /// <summary>As <see cref="Sequence"/>.</summary>
    public const int ClassSequence = 40;

    /// <summary>As <see cref="Sequence"/>.</summary>
    public const int Generation = 48;

    /// <summary>32 bits: the acting process.</summary>
    public const int Pid = 56;

    /// <summary>32 bits: its thread.</summary>
    public const int Tid = 60;

    /// <summary>64 bits: when it started.</summary>
    public const int StartTimeNs = 64;

    /// <summary>32 bits: its real user.</summary>
    public const int Uid = 72;

    /// <summary>32 bits: its effective user.</summary>
    public const int EffectiveUid = 76;

    /// <summary>32 bits: the process that was reached for; 0: none.</summary>
    public const int TargetPid = 80;

    /// <summary>32 bits: index of the rule; −1: none.</summary>
    public const int RuleIndex = 84;

    /// <summary>Start and length (32 bits each; length −1: none) of texts: executable, command, path of the image, executable of the target, rule.</summary>
    public const int Texts = 88;

    /// <summary>How many texts have a place in the fixed part.</summary>
    public const int TextCount = 5;

    /// <summary>Bytes of the fixed part of a decision.</summary>
    public const int DecisionBytes = Texts + (TextCount * 8);

    /// <summary>Bit of <see cref="Mode"/>.</summary>
    public const byte CanaryBit = 0x80;

    /// <summary>Largest event; one that is larger cannot be told, and is counted as lost.</summary>
    public const int LargestEvent = 256 * 1024;

    /// <summary>What a batch begins with: number of its first event, number of events, and the last number of the kernel that was looked at for this subscription.</summary>
    public const int BatchBytes = 24;

    /// <summary>Largest content of a frame with events.</summary>
    public const int LargestBatch = BatchBytes + LargestEvent;

    /// <summary>Operations by number; what is not among them has number 0 and is told by name.</summary>
    public static ImmutableArray<string> Operations { get; } =
    [
        "", "agent", "loss", "process.create", "process.exec", "process.exit", "process.open", "process.credentials", "thread.create", "thread.open",
        "image.load", "memory.map", "memory.protect", "memory.write-text", "memory.userfaultfd",
    ];

    private static readonly FrozenDictionary<string, int> s_numbers =
        Operations.Index().ToFrozenDictionary(static o => o.Item, static o => o.Index, StringComparer.Ordinal);

    /// <summary>Number of an operation, 0 if it has none.</summary>
    public static int NumberOf(string operation) => operation is not null ? s_numbers.GetValueOrDefault(operation) : 0;
}
