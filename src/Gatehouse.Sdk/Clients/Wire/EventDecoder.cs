using Gatehouse.Sdk.Events;

namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>From the bytes of the bulk stream to records.</summary>
internal static class EventDecoder
{
    /// <exception cref="InvalidDataException">These are not the bytes of an event.</exception>
    public static StreamRecord Decode(EventView view, string bootId)
    {
        var reader = new WireReader(view.Bytes);
        reader.UInt64();
        var (cursor, monotonic, ticks) = (reader.UInt64(), reader.Int64(), reader.Int64());
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            throw WireReader.Broken();
        }

        var time = new DateTimeOffset(ticks, TimeSpan.Zero);
        switch (view.Kind)
        {
            case EventKind.Decision:
                return Decision(ref reader, view, time, bootId);
            case EventKind.Loss:
                var cause = reader.Text();
                var lost = new Dictionary<string, ulong>(StringComparer.Ordinal);
                for (var left = reader.Int32(); left > 0; left--)
                {
                    lost[reader.Text()] = reader.UInt64();
                }

                return new LossRecord { Cursor = cursor, Time = time, MonotonicNs = monotonic, BootId = bootId, Cause = cause, Lost = lost };
            case EventKind.Agent:
                var generation = reader.UInt64();
                return new AgentRecord
                {
                    Cursor = cursor,
                    Time = time,
                    MonotonicNs = monotonic,
                    BootId = bootId,
                    Generation = generation,
                    Operation = reader.Text(),
                    Detail = reader.Text(),
                };
            default:
                throw WireReader.Broken();
        }
    }

    private static DecisionRecord Decision(ref WireReader reader, EventView view, DateTimeOffset time, string bootId)
    {
        // What has a place in the fixed part is read there.
        for (var at = EventLayout.CommonBytes; at < EventLayout.DecisionBytes; at += sizeof(ulong))
        {
            reader.UInt64();
        }

        var (executable, command, path, targetExecutable, rule) =
            (reader.OptionalText(), reader.Text(), reader.OptionalText(), reader.OptionalText(), reader.OptionalText());
        var operation = reader.OptionalText() ?? view.Operation;
        return new DecisionRecord
        {
            Cursor = view.Cursor,
            Time = time,
            MonotonicNs = view.MonotonicNs,
            BootId = bootId,
            Operation = operation,
            Class = reader.Text(),
            Sequence = view.KernelSequence,
            ClassSequence = view.ClassSequence,
            Generation = view.Generation,
            Verdict = view.Verdict,
            Mode = view.Mode,
            RuleIndex = view.RuleIndex,
            Rule = rule,
            Answer = reader.OptionalText(),
            Reason = reader.Text(),
            Hook = reader.Text(),
            Client = reader.OptionalText(),
            Policy = reader.OptionalText(),
            Severity = reader.OptionalText(),
            Tags = reader.OptionalTexts(),
            Truncated = reader.Texts(),
            Audited = Rule(ref reader),
            Subject = new EventSubject { Process = Process(ref reader, view, executable, command) },
            Object = new EventObject { Image = Image(ref reader, path), Target = Target(ref reader, view, targetExecutable) },
            Request = Request(ref reader),
        };
    }

    private static RuleReference? Rule(ref WireReader reader) => reader.Byte() == 0 ? null : new RuleReference
    {
        Client = reader.OptionalText(),
        Policy = reader.OptionalText(),
        Rule = reader.OptionalText(),
        RuleIndex = reader.Int32(),
    };

    private static EventProcess Process(ref WireReader reader, EventView view, string? executable, string command)
    {
        var ancestors = new List<EventAncestor>();
        for (var left = reader.Int32(); left > 0; left--)
        {
            ancestors.Add(new EventAncestor { Pid = reader.Int32(), StartTimeNs = reader.Int64(), Command = reader.Text() });
        }

        return new EventProcess
        {
            Pid = view.Pid,
            Tid = view.Tid,
            StartTimeNs = view.StartTimeNs,
            Ancestors = ancestors,
            Uid = view.Uid,
            EffectiveUid = view.EffectiveUid,
            Gid = reader.UInt32(),
            EffectiveGid = reader.UInt32(),
            LoginUid = reader.OptionalUInt32(),
            SessionId = reader.OptionalUInt32(),
            Capabilities = reader.Text(),
            CgroupId = reader.UInt64(),
            MountNamespace = reader.UInt32(),
            PidNamespace = reader.UInt32(),
            UserNamespace = reader.UInt32(),
            Command = command,
            Executable = executable,
            Arguments = reader.Texts(),
            WorkingDirectory = reader.OptionalText(),
        };
    }

    private static EventImage? Image(ref WireReader reader, string? path) => reader.Byte() == 0 ? null : new EventImage
    {
        Kind = reader.Text(),
        Path = path,
        Device = reader.UInt64(),
        Inode = reader.UInt64(),
        InodeGeneration = reader.UInt32(),
        Size = reader.UInt64(),
        Mode = reader.Text(),
        OwnerUid = reader.UInt32(),
        OwnerGid = reader.UInt32(),
        LinkCount = reader.UInt32(),
        FileSystemMagic = reader.UInt32(),
        Flags = reader.Texts(),
        MountFlags = reader.OptionalTexts(),
        VerityDigest = reader.OptionalText(),
        Trust = reader.OptionalText(),
        TrustState = reader.OptionalText(),
        Answers = Answers(ref reader),
        ProgramType = reader.OptionalText(),
        Sha256 = reader.OptionalText(),
        Sha256State = reader.Text(),
    };

    private static Dictionary<string, string>? Answers(ref WireReader reader)
    {
        var left = reader.Int32();
        if (left < 0)
        {
            return null;
        }

        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        for (; left > 0; left--)
        {
            answers[reader.Text()] = reader.Text();
        }

        return answers;
    }

    private static EventTarget? Target(ref WireReader reader, EventView view, string? executable) => reader.Byte() == 0 ? null : new EventTarget
    {
        Pid = view.TargetPid,
        Tid = reader.Int32(),
        StartTimeNs = reader.Int64(),
        Uid = reader.UInt32(),
        EffectiveUid = reader.UInt32(),
        Gid = reader.UInt32(),
        EffectiveGid = reader.UInt32(),
        Command = reader.Text(),
        Executable = executable,
    };

    private static EventRequest? Request(ref WireReader reader) => reader.Byte() == 0 ? null : new EventRequest
    {
        Right = reader.OptionalText(),
        Signal = reader.OptionalUInt32(),
        Child = reader.OptionalBool(),
        SetuidGain = reader.OptionalBool(),
        IoWorker = reader.OptionalBool(),
        Namespaces = reader.OptionalTexts(),
        Flags = reader.OptionalTexts(),
        Change = reader.OptionalText(),
        NewUid = reader.OptionalUInt32(),
        NewGid = reader.OptionalUInt32(),
        Gained = reader.OptionalTexts(),
        ExitStatus = reader.OptionalUInt32(),
        ExitSignal = reader.OptionalUInt32(),
        RunTimeNs = OptionalInt64(ref reader),
        Memory = Memory(ref reader),
    };

    private static long? OptionalInt64(ref WireReader reader)
    {
        var isThere = reader.Byte() != 0;
        var value = reader.Int64();
        return isThere ? value : null;
    }

    private static EventMemory? Memory(ref WireReader reader)
    {
        if (reader.Byte() == 0)
        {
            return null;
        }

        var (requested, protection, before, flags) = (reader.Texts(), reader.Texts(), reader.OptionalTexts(), reader.Byte());
        return new EventMemory
        {
            Requested = requested,
            Protection = protection,
            Before = before,
            Shared = (flags & 1) != 0,
            Written = (flags & 2) != 0,
            Stack = (flags & 4) != 0,
            Heap = (flags & 8) != 0,
            ReadImpliesExecute = (flags & 16) != 0,
            Backing = reader.Text(),
        };
    }
}
