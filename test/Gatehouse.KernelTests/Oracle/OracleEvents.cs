using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Policy;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>
/// From an event back to facts, for what the oracle's drivers and their children did. An event has neither the ancestors' programs nor
/// bound names; the oracle knows both by the process that acts.
/// </summary>
internal sealed class OracleEvents(OracleWorld world)
{
    private const string Deleted = " (deleted)";

    private static readonly ulong s_hostMountNamespace = NamespaceOf("/proc/1/ns/mnt");

    private readonly Dictionary<string, OracleFile> _files =
        world.Files.ToDictionary(static f => f.Path, StringComparer.Ordinal);

    private readonly Dictionary<int, OracleVictim> _victims = world.Victims.ToDictionary(static v => v.Companion.Pid);

    /// <summary>
    /// The facts, or null if the event is about others or does not say enough. That of the second stage of an exec does not: it has
    /// neither the kind nor the flags of the mount, and of a script and its interpreter the latter only.
    /// </summary>
    public OperationFacts? FactsOf(DecisionRecord record, PolicyImage image)
    {
        var operation = OperationOf(record);
        if (operation is GateOperation.None or GateOperation.ProcessExecArguments || WhoActs(record) is not { } process)
            return null;
        var facts = new OperationFacts { Operation = operation, Process = process, Request = RequestOf(record) };
        if (record.Object.Image is { } loaded)
            return FileOf(loaded, process) is { } file ? facts with { Image = ImageOf(loaded, file, image) } : null;
        if (record.Object.Target is not { } target)
            return facts;
        if (_victims.TryGetValue(target.Pid, out var victim))
            return facts with { Target = With(victim.Program.AsProcess(image, victim.Who, world.AllCapabilities), target) };
        return record.Request?.Child is true ? facts with { Target = With(process, target) } : null;
    }

    /// <summary>What the oracle knows of the file of an event; null if it is not of the pool.</summary>
    public OracleFile? FileOf(EventImage loaded, ProcessFacts process)
    {
        // The kernel's own spelling, in hooks where it can be asked for it; rules look at the name alone.
        var path = loaded.Path is { } text && text.EndsWith(Deleted, StringComparison.Ordinal) ? text[..^Deleted.Length] : loaded.Path;
        return path is not null && path.EndsWith(OracleFlags.UnlinkedSuffix, StringComparison.Ordinal)
            ? _files.GetValueOrDefault(path[..^OracleFlags.UnlinkedSuffix.Length])?.Unlinked(process)
            : _files.GetValueOrDefault(path ?? "");
    }

    /// <summary>A driver, once it has become what it is, or a child of it that still runs the same program.</summary>
    private ProcessFacts? WhoActs(DecisionRecord record)
    {
        var actor = record.Subject.Process;
        var executes = record.Object.Image is { Kind: not "library" };
        var parent = actor.Ancestors.Count > 0 ? actor.Ancestors[0].Pid : 0;
        var known = executes || !world.Drivers.TryGetValue(actor.Pid, out var driver)
            ? world.Drivers.TryGetValue(parent, out var above) ? OracleVerdicts.Child(above) : null
            : driver;
        return known is null || !string.Equals(known.Path, actor.Executable, StringComparison.Ordinal)
            ? null
            : known with
            {
                Uid = actor.Uid,
                EffectiveUid = actor.EffectiveUid,
                Gid = actor.Gid,
                EffectiveGid = actor.EffectiveGid,
                LoginUid = actor.LoginUid ?? uint.MaxValue,
                Capabilities = ulong.Parse(actor.Capabilities, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                Container = actor.MountNamespace != s_hostMountNamespace,
            };
    }

    private static ProcessFacts With(ProcessFacts known, EventTarget target) => known with
    {
        Path = target.Executable,
        Uid = target.Uid,
        EffectiveUid = target.EffectiveUid,
        Gid = target.Gid,
        EffectiveGid = target.EffectiveGid,
    };

    private static GateOperation OperationOf(DecisionRecord record) => (record.Operation, record.Hook) switch
    {
        ("process.exec", "bprm_committed_creds") => GateOperation.ProcessExecArguments,
        ("process.exec", _) => GateOperation.ProcessExec,
        ("image.load", "bprm_check_security") => GateOperation.ImageLoadExecutable,
        ("image.load", "kernel_read_file" or "kernel_load_data" or "kernel_post_load_data") => GateOperation.ImageLoadKernel,
        ("image.load", "bpf") => GateOperation.ImageLoadProgram,
        ("image.load", _) => GateOperation.ImageLoadLibrary,
        ("process.create", _) => GateOperation.ProcessCreate,
        ("process.exit", _) => GateOperation.ProcessExit,
        ("process.open", _) => GateOperation.ProcessOpen,
        ("process.credentials", _) => GateOperation.ProcessCredentials,
        ("thread.create", _) => GateOperation.ThreadCreate,
        ("thread.open", _) => GateOperation.ThreadOpen,
        _ => GateOperation.None,
    };

    private static ImageFacts ImageOf(EventImage loaded, OracleFile file, PolicyImage image) => file.AsImage(image, loaded.Kind) with
    {
        Size = loaded.Size,
        OwnerUid = loaded.OwnerUid,
        OwnerGid = loaded.OwnerGid,
        FileSystemMagic = loaded.FileSystemMagic,
        Flags = FlagsOf(loaded),
        Answers = (loaded.Answers ?? ImmutableDictionary<string, string>.Empty).ToDictionary(
            static a => a.Key, static a => a.Value is "deny" ? ClientAnswer.Deny : ClientAnswer.Allow, StringComparer.Ordinal),
        Trust = loaded.Trust ?? (loaded.TrustState is "unknown" ? null : file.Trust),
        Sha256 = loaded.Sha256 ?? (loaded.Sha256State is "unknown" ? null : file.Sha256),
        VolatileContent = loaded.Sha256State is "volatile",
    };

    public static ulong FlagsOf(EventImage loaded) =>
        loaded.Flags.Aggregate(0ul, static (bits, word) => bits | BitOf("image." + word))
        | (loaded.MountFlags ?? []).Aggregate(0ul, static (bits, word) => bits | BitOf("image.mountFlags", word));

    private static RequestFacts RequestOf(DecisionRecord record) => new()
    {
        Right = record.Request?.Right,
        Signal = record.Request?.Signal ?? 0,
        Child = record.Request?.Child ?? false,
        SetuidGain = record.Request?.SetuidGain ?? false,
        IoWorker = record.Request?.IoWorker ?? false,
        Namespaces = (record.Request?.Namespaces ?? []).Aggregate(0ul, static (bits, word) => bits | BitOf("create.namespaces", word)),
        CreationFlags = (record.Request?.Flags ?? []).Aggregate(0ul, static (bits, word) => bits | BitOf("create.flags", word)),
        Gained = (record.Request?.Gained ?? []).Aggregate(0ul, static (bits, word) => bits | BitOf("credentials.gained", word)),
        Change = record.Request?.Change,
        NewUid = record.Request?.NewUid ?? 0,
        NewGid = record.Request?.NewGid ?? 0,
        ExitStatus = record.Request?.ExitStatus ?? 0,
        ExitSignal = record.Request?.ExitSignal ?? 0,
        Arguments = record.Subject.Process.Arguments,
    };

    private static ulong BitOf(string field, string? word = null) =>
        FieldCatalog.Find(field)!.Words.Single(w => word is null || string.Equals(w.Word, word, StringComparison.Ordinal)).Value;

    private static ulong NamespaceOf(string path)
    {
        var name = new FileInfo(path).LinkTarget!;
        return ulong.Parse(name[(name.IndexOf('[', StringComparison.Ordinal) + 1)..^1], CultureInfo.InvariantCulture);
    }
}
