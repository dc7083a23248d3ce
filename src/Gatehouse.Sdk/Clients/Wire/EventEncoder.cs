using System.Buffers.Binary;
using System.Collections.Immutable;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>From records to the bytes of the bulk stream. Allocates nothing for decisions as the agent makes them.</summary>
public static class EventEncoder
{
    private const string CanaryReason = "canary";

    /// <summary>Writes an event.</summary>
    /// <param name="record">The event. Its <c>BootId</c> is not written: it is the session's.</param>
    /// <param name="room">Where to.</param>
    /// <returns>Bytes written, a multiple of 8; 0 if there is not room enough.</returns>
    public static int Encode(StreamRecord record, Span<byte> room)
    {
        ArgumentNullException.ThrowIfNull(record);
        var writer = new WireWriter(room);
        writer.Skip(sizeof(int));
        switch (record)
        {
            case DecisionRecord decision:
                Write(ref writer, decision, room);
                break;
            case LossRecord loss:
                Common(ref writer, record, EventKind.Loss, EventLayout.NumberOf("loss"), 0, 0);
                writer.Text(loss.Cause);
                writer.Int32(loss.Lost.Count);
                foreach (var (name, count) in loss.Lost)
                {
                    writer.Text(name);
                    writer.UInt64(count);
                }

                break;
            case AgentRecord agent:
                Common(ref writer, record, EventKind.Agent, EventLayout.NumberOf("agent"), 0, 0);
                writer.UInt64(agent.Generation);
                writer.Text(agent.Operation);
                writer.Text(agent.Detail);
                break;
            default:
                throw new ArgumentException($"there is no form for {record.GetType().Name}", nameof(record));
        }

        writer.Align(8);
        if (!writer.Fits)
        {
            return 0;
        }

        BinaryPrimitives.WriteInt32LittleEndian(room, writer.Length);
        return writer.Length;
    }

    private static void Common(ref WireWriter writer, StreamRecord record, EventKind kind, int operation, int verdict, int mode)
    {
        writer.Byte((byte)kind);
        writer.Byte((byte)operation);
        writer.Byte((byte)verdict);
        writer.Byte((byte)mode);
        writer.UInt64(record.Cursor);
        writer.Int64(record.MonotonicNs);
        writer.Int64(record.Time.UtcTicks);
    }

    private static void Write(ref WireWriter writer, DecisionRecord d, Span<byte> room)
    {
        var canary = string.Equals(d.Reason, CanaryReason, StringComparison.Ordinal) ? EventLayout.CanaryBit : 0;
        var p = d.Subject.Process;
        Common(ref writer, d, EventKind.Decision, EventLayout.NumberOf(d.Operation), (int)d.Verdict, (int)d.Mode | canary);
        writer.UInt64(d.Sequence);
        writer.UInt64(d.ClassSequence);
        writer.UInt64(d.Generation);
        writer.Int32(p.Pid);
        writer.Int32(p.Tid);
        writer.Int64(p.StartTimeNs);
        writer.UInt32(p.Uid);
        writer.UInt32(p.EffectiveUid);
        writer.Int32(d.Object.Target?.Pid ?? 0);
        writer.Int32(d.RuleIndex ?? -1);
        writer.Skip(EventLayout.TextCount * 8);
        Place(writer.Text(p.Executable), room, 0);
        Place(writer.Text(p.Command), room, 1);
        Place(writer.Text(d.Object.Image?.Path), room, 2);
        Place(writer.Text(d.Object.Target?.Executable), room, 3);
        Place(writer.Text(d.Rule), room, 4);
        writer.Text(writer.Fits && EventLayout.NumberOf(d.Operation) == 0 ? d.Operation : null);
        writer.Text(d.Class);
        writer.Text(d.Answer);
        writer.Text(d.Reason);
        writer.Text(d.Hook);
        writer.Text(d.Client);
        writer.Text(d.Policy);
        writer.Text(d.Severity);
        writer.Texts(d.Tags);
        writer.Texts(d.Truncated);
        Write(ref writer, d.Audited);
        Write(ref writer, p);
        Write(ref writer, d.Object.Image);
        Write(ref writer, d.Object.Target);
        Write(ref writer, d.Request);
    }

    private static void Place((int Start, int Length) text, Span<byte> room, int index)
    {
        var at = EventLayout.Texts + (index * 8);
        if (at + 8 <= room.Length)
        {
            BinaryPrimitives.WriteInt32LittleEndian(room[at..], text.Start);
            BinaryPrimitives.WriteInt32LittleEndian(room[(at + 4)..], text.Length);
        }
    }

    private static void Write(ref WireWriter writer, RuleReference? rule)
    {
        writer.Byte(rule is null ? (byte)0 : (byte)1);
        if (rule is not null)
        {
            writer.Text(rule.Client);
            writer.Text(rule.Policy);
            writer.Text(rule.Rule);
            writer.Int32(rule.RuleIndex);
        }
    }

    private static void Write(ref WireWriter writer, EventProcess p)
    {
        writer.Int32(p.Ancestors.Count);
        for (var i = 0; i < p.Ancestors.Count; i++)
        {
            writer.Int32(p.Ancestors[i].Pid);
            writer.Int64(p.Ancestors[i].StartTimeNs);
            writer.Text(p.Ancestors[i].Command);
        }

        writer.UInt32(p.Gid);
        writer.UInt32(p.EffectiveGid);
        writer.Optional(p.LoginUid);
        writer.Optional(p.SessionId);
        writer.Text(p.Capabilities);
        writer.UInt64(p.CgroupId);
        writer.UInt32(p.MountNamespace);
        writer.UInt32(p.PidNamespace);
        writer.UInt32(p.UserNamespace);
        writer.Texts(p.Arguments);
        writer.Text(p.WorkingDirectory);
    }

    private static void Write(ref WireWriter writer, EventImage? image)
    {
        writer.Byte(image is null ? (byte)0 : (byte)1);
        if (image is null)
        {
            return;
        }

        writer.Text(image.Kind);
        writer.UInt64(image.Device);
        writer.UInt64(image.Inode);
        writer.UInt32(image.InodeGeneration);
        writer.UInt64(image.Size);
        writer.Text(image.Mode);
        writer.UInt32(image.OwnerUid);
        writer.UInt32(image.OwnerGid);
        writer.UInt32(image.LinkCount);
        writer.UInt32(image.FileSystemMagic);
        writer.Texts(image.Flags);
        writer.Texts(image.MountFlags);
        writer.Text(image.VerityDigest);
        writer.Text(image.Trust);
        writer.Text(image.TrustState);
        Write(ref writer, image.Answers);
        writer.Text(image.ProgramType);
        writer.Text(image.Sha256);
        writer.Text(image.Sha256State);
    }

    private static void Write(ref WireWriter writer, IReadOnlyDictionary<string, string>? answers)
    {
        writer.Int32(answers?.Count ?? -1);
        if (answers is Dictionary<string, string> known)
        {
            // By its own enumerator: that of the interface is an object.
            foreach (var (client, answer) in known)
            {
                writer.Text(client);
                writer.Text(answer);
            }

            return;
        }

        foreach (var (client, answer) in answers ?? ImmutableDictionary<string, string>.Empty)
        {
            writer.Text(client);
            writer.Text(answer);
        }
    }

    private static void Write(ref WireWriter writer, EventTarget? target)
    {
        writer.Byte(target is null ? (byte)0 : (byte)1);
        if (target is not null)
        {
            writer.Int32(target.Tid);
            writer.Int64(target.StartTimeNs);
            writer.UInt32(target.Uid);
            writer.UInt32(target.EffectiveUid);
            writer.UInt32(target.Gid);
            writer.UInt32(target.EffectiveGid);
            writer.Text(target.Command);
        }
    }

    private static void Write(ref WireWriter writer, EventRequest? request)
    {
        writer.Byte(request is null ? (byte)0 : (byte)1);
        if (request is null)
        {
            return;
        }

        writer.Text(request.Right);
        writer.Optional(request.Signal);
        writer.Optional(request.Child);
        writer.Optional(request.SetuidGain);
        writer.Optional(request.IoWorker);
        writer.Texts(request.Namespaces);
        writer.Texts(request.Flags);
        writer.Text(request.Change);
        writer.Optional(request.NewUid);
        writer.Optional(request.NewGid);
        writer.Texts(request.Gained);
        writer.Optional(request.ExitStatus);
        writer.Optional(request.ExitSignal);
        writer.Byte(request.RunTimeNs is null ? (byte)0 : (byte)1);
        writer.Int64(request.RunTimeNs ?? 0);
        writer.Byte(request.Memory is null ? (byte)0 : (byte)1);
        if (request.Memory is { } memory)
        {
            writer.Texts(memory.Requested);
            writer.Texts(memory.Protection);
            writer.Texts(memory.Before);
            writer.Byte((byte)((memory.Shared ? 1 : 0) | (memory.Written ? 2 : 0) | (memory.Stack ? 4 : 0) | (memory.Heap ? 8 : 0) | (memory.ReadImpliesExecute ? 16 : 0)));
            writer.Text(memory.Backing);
        }
    }
}
