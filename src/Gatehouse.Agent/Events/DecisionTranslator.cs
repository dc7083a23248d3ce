using System.Globalization;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Agent.Events;

/// <summary>Turns a decision of the kernel side into the record that readers see, with the names of its rule.</summary>
internal sealed class DecisionTranslator(GenerationNames names, StreamClock clock)
{
    // The permission bits of st_mode with setuid, setgid and sticky.
    private const uint PermissionBits = 0xFFF;

    // What a client said, and that it did not.
    private const string Allowed = "allow";
    private const string Refused = "deny";
    private const string Missed = "missed";

    public DecisionRecord Translate(GateDecision decision)
    {
        // A rule that only reports is named like a deciding one if nothing else decided; the mode tells them apart.
        var audit = decision.Rule is null && decision.AuditedRule is not null;
        var index = decision.Rule ?? decision.AuditedRule;
        var rule = index is { } i ? names.Find(decision.Generation, i) : null;
        return new DecisionRecord
        {
            Cursor = 0,
            Time = clock.Boot.ToWall(decision.SinceBoot),
            MonotonicNs = StreamClock.Nanoseconds(decision.SinceBoot),
            BootId = clock.BootId,
            Class = ClassOf(decision.Operation),
            Operation = decision.Operation,
            Sequence = decision.Sequence,
            ClassSequence = decision.ClassSequence,
            Subject = new EventSubject { Process = Translate(decision.Process) },
            Object = new EventObject { Image = Translate(decision.Image, decision.Generation), Target = Translate(decision.Target) },
            Request = Translate(decision.Request),
            Verdict = decision.Killed ? Verdict.Kill : decision.Denied ? Verdict.Deny : Verdict.Allow,
            Mode = audit ? EventMode.Audit : EventMode.Enforced,
            Answer = decision.Rule is not null && rule is { Asks: true } ? AnswerOf(decision, rule.Client) : null,
            Reason = decision.Reason,
            Hook = decision.Hook,
            Client = rule?.Client,
            Policy = rule?.Policy,
            Rule = rule?.Rule,
            RuleIndex = index,
            Severity = rule?.Severity,
            Tags = rule is { Tags.Count: > 0 } ? rule.Tags : null,
            Audited = audit ? null : Reference(decision),
            Generation = decision.Generation,
            Truncated = decision.Truncated,
        };
    }

    public static string ClassOf(string operation)
    {
        var dot = operation.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? operation : operation[..dot];
    }

    private static EventProcess Translate(GateProcess process) => new()
    {
        Pid = process.Pid,
        Tid = process.Tid,
        StartTimeNs = StreamClock.Nanoseconds(process.StartTime),
        Ancestors = [.. process.Ancestors.Select(static a => new EventAncestor
        {
            Pid = a.Pid,
            StartTimeNs = StreamClock.Nanoseconds(a.StartTime),
            Command = a.Command,
        })],
        Uid = process.Uid,
        EffectiveUid = process.EffectiveUid,
        Gid = process.Gid,
        EffectiveGid = process.EffectiveGid,
        LoginUid = process.LoginUid,
        SessionId = process.SessionId,
        Capabilities = process.EffectiveCapabilities.ToString("x16", CultureInfo.InvariantCulture),
        CgroupId = process.CgroupId,
        MountNamespace = process.MountNamespace,
        PidNamespace = process.PidNamespace,
        UserNamespace = process.UserNamespace,
        Command = process.Command,
        Executable = process.Executable,
        Arguments = process.Arguments,
        WorkingDirectory = process.WorkingDirectory,
    };

    private static EventTarget? Translate(GateTarget? target) => target is null ? null : new()
    {
        Pid = target.Pid,
        Tid = target.Tid,
        StartTimeNs = StreamClock.Nanoseconds(target.StartTime),
        Uid = target.Uid,
        EffectiveUid = target.EffectiveUid,
        Gid = target.Gid,
        EffectiveGid = target.EffectiveGid,
        Command = target.Command,
        Executable = target.Executable,
    };

    private static EventRequest? Translate(GateRequest? request) => request is null ? null : new()
    {
        Right = request.Right,
        Signal = request.Signal,
        Child = request.Child,
        SetuidGain = request.SetuidGain,
        IoWorker = request.IoWorker,
        Namespaces = request.Namespaces,
        Flags = request.Flags,
        Change = request.Change,
        NewUid = request.NewUid,
        NewGid = request.NewGid,
        Gained = request.Gained,
        Memory = Translate(request.Memory),
        ExitStatus = request.ExitStatus,
        ExitSignal = request.ExitSignal,
        RunTimeNs = request.RunTime is { } time ? StreamClock.Nanoseconds(time) : null,
    };

    private static EventMemory? Translate(GateMemory? memory) => memory is null ? null : new()
    {
        Requested = memory.Requested,
        Protection = memory.Protection,
        Before = memory.Before,
        Shared = memory.Shared,
        Written = memory.Written,
        Stack = memory.Stack,
        Heap = memory.Heap,
        ReadImpliesExecute = memory.ReadImpliesExecute,
        Backing = memory.Backing,
    };

    /// <summary>What decided a rule that asks: a refusal stands first in it.</summary>
    private string AnswerOf(GateDecision decision, string client)
    {
        var answers = AnswersOf(decision.Image, decision.Generation);
        return answers?.GetValueOrDefault(client) ?? Missed;
    }

    /// <summary>By client; null if none has answered. Answers of a generation that is not known stand under no name.</summary>
    private Dictionary<string, string>? AnswersOf(GateImage? image, ulong generation)
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (slots, word) in image is null ? [] : new[] { (image.AllowedBy, Allowed), (image.RefusedBy, Refused) })
        {
            foreach (var client in slots.Select(s => names.ClientOf(generation, s)).OfType<string>())
            {
                answers[client] = word;
            }
        }

        return answers.Count == 0 ? null : answers;
    }

    private EventImage? Translate(GateImage? image, ulong generation) => image is null ? null : new()
    {
        Kind = image.Kind,
        Path = image.Path,
        Device = image.Inode.Device,
        Inode = image.Inode.Inode,
        InodeGeneration = image.Inode.InodeGeneration,
        Size = image.Size,
        Mode = Convert.ToString(image.Mode & PermissionBits, 8).PadLeft(4, '0'),
        OwnerUid = image.OwnerUid,
        OwnerGid = image.OwnerGid,
        LinkCount = image.LinkCount,
        FileSystemMagic = image.FileSystemMagic,
        Flags = image.Flags,
        Sha256 = image.Sha256,
        Sha256State = image.Sha256State,
        MountFlags = image.MountFlags.Count > 0 ? image.MountFlags : null,
        VerityDigest = image.VerityDigest,
        Trust = image.Trust,
        TrustState = image.TrustState is "not-needed" ? null : image.TrustState,
        Answers = AnswersOf(image, generation),
        ProgramType = image.ProgramType,
    };

    private RuleReference? Reference(GateDecision decision)
    {
        if (decision.AuditedRule is not { } index)
        {
            return null;
        }

        var rule = names.Find(decision.Generation, index);
        return new RuleReference { Client = rule?.Client, Policy = rule?.Policy, Rule = rule?.Rule, RuleIndex = index };
    }
}
