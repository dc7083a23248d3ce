using System.Buffers.Binary;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Sdk.Clients;

/// <summary>
/// An event where it lies in the reader's buffer: nothing is copied or allocated. Valid until the next
/// <see cref="EventSubscription.WaitToReadAsync"/>.
/// </summary>
/// <remarks>Members beyond the common ones mean something for <see cref="EventKind.Decision"/> only; for other kinds they are 0 or empty.</remarks>
public readonly ref struct EventView
{
    private readonly int _fixed;

    /// <summary>Looks at the bytes of an event.</summary>
    /// <exception cref="InvalidDataException">These are not the bytes of an event.</exception>
    public EventView(ReadOnlySpan<byte> bytes, ulong number)
    {
        if (bytes.Length < EventLayout.CommonBytes)
        {
            throw WireReader.Broken();
        }

        Bytes = bytes;
        Number = number;
        _fixed = Kind == EventKind.Decision ? EventLayout.DecisionBytes : EventLayout.CommonBytes;
        if (bytes.Length < _fixed)
        {
            throw WireReader.Broken();
        }
    }

    /// <summary>The event as it came.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Its number among the events of this subscription, from 1; a gap is a loss, and a loss event stands behind it.</summary>
    public ulong Number { get; }

    /// <summary>What it is.</summary>
    public EventKind Kind => (EventKind)Bytes[EventLayout.Kind];

    /// <summary>
    /// The operation, such as <c>process.exec</c>; <c>agent</c> and <c>loss</c> for these kinds; empty if this package is older than the operation
    /// (<see cref="ToRecord"/> has its name).
    /// </summary>
    public string Operation => Bytes[EventLayout.Operation] is var number && number < EventLayout.Operations.Length ? EventLayout.Operations[number] : "";

    /// <summary>Position in the stream of this run of the agent.</summary>
    public ulong Cursor => UInt64(EventLayout.Cursor);

    /// <summary>Nanoseconds since boot (CLOCK_BOOTTIME).</summary>
    public long MonotonicNs => (long)UInt64(EventLayout.MonotonicNs);

    /// <summary>What happened to the operation.</summary>
    public Verdict Verdict => (Verdict)Bytes[EventLayout.Verdict];

    /// <summary>Whether the rule decided or only reports.</summary>
    public EventMode Mode => (EventMode)(Bytes[EventLayout.Mode] & ~EventLayout.CanaryBit);

    /// <summary>Whether the agent provoked it to prove enforcement.</summary>
    public bool IsCanary => (Bytes[EventLayout.Mode] & EventLayout.CanaryBit) != 0;

    /// <summary>Number of the kernel side over all classes.</summary>
    public ulong KernelSequence => UInt64(EventLayout.Sequence);

    /// <summary>Number of the kernel side within the class.</summary>
    public ulong ClassSequence => UInt64(EventLayout.ClassSequence);

    /// <summary>Policy generation that decided.</summary>
    public ulong Generation => UInt64(EventLayout.Generation);

    /// <summary>The acting process; with <see cref="StartTimeNs"/> its identity.</summary>
    public int Pid => Int32(EventLayout.Pid);

    /// <summary>The acting thread.</summary>
    public int Tid => Int32(EventLayout.Tid);

    /// <summary>When the acting process started, in nanoseconds since boot.</summary>
    public long StartTimeNs => (long)UInt64(EventLayout.StartTimeNs);

    /// <summary>Its real user.</summary>
    public uint Uid => (uint)Int32(EventLayout.Uid);

    /// <summary>Its effective user.</summary>
    public uint EffectiveUid => (uint)Int32(EventLayout.EffectiveUid);

    /// <summary>The process that was reached for; 0: none.</summary>
    public int TargetPid => Int32(EventLayout.TargetPid);

    /// <summary>Index of the rule that decided or reports; null: none.</summary>
    public int? RuleIndex => Kind == EventKind.Decision && Int32(EventLayout.RuleIndex) is >= 0 and var index ? index : null;

    /// <summary>Path of the program of the acting process, in UTF-8.</summary>
    public ReadOnlySpan<byte> ExecutableUtf8 => Text(0);

    /// <summary>Name of the acting task, in UTF-8.</summary>
    public ReadOnlySpan<byte> CommandUtf8 => Text(1);

    /// <summary>Path of the file that was to be loaded, in UTF-8.</summary>
    public ReadOnlySpan<byte> ImagePathUtf8 => Text(2);

    /// <summary>Path of the program of the process that was reached for, in UTF-8.</summary>
    public ReadOnlySpan<byte> TargetExecutableUtf8 => Text(3);

    /// <summary>Name of the rule, in UTF-8.</summary>
    public ReadOnlySpan<byte> RuleUtf8 => Text(4);

    /// <summary>All of it as a record of its own. Allocates.</summary>
    /// <param name="bootId">The session's boot id.</param>
    /// <exception cref="InvalidDataException">These are not the bytes of an event.</exception>
    public StreamRecord ToRecord(string bootId) => EventDecoder.Decode(this, bootId);

    private ulong UInt64(int at) => at + sizeof(ulong) <= _fixed ? BinaryPrimitives.ReadUInt64LittleEndian(Bytes[at..]) : 0;

    private int Int32(int at) => at + sizeof(int) <= _fixed ? BinaryPrimitives.ReadInt32LittleEndian(Bytes[at..]) : 0;

    private ReadOnlySpan<byte> Text(int index)
    {
        var (start, length) = (Int32(EventLayout.Texts + (index * 8)), Int32(EventLayout.Texts + (index * 8) + 4));
        return start < 0 || length <= 0 || length > Bytes.Length - start ? [] : Bytes.Slice(start, length);
    }
}
