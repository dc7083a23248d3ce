using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Policy;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Cli.Recorded;

/// <summary>From a recorded event to the facts that policies decide by, and which of these it does not tell.</summary>
/// <remarks>
/// A file is taken to be the one at the path that was recorded. A name that it has besides, and the mount namespace in
/// which the path was spelled, are not in an event.
/// </remarks>
internal static class EventFacts
{
    // The hook of the second stage of an exec, when the arguments of the new program are known.
    private const string ArgumentsHook = "bprm_committed_creds";

    /// <summary>Programs of ancestors, hashes of processes and namespaces are in no event.</summary>
    private static readonly string[] s_never =
    [
        RecordedOperation.Ancestors, "process.sha256", "process.container", "target.sha256", "target.container",
        "target.loginUid", "target.capabilities", "exec.environment",
    ];

    /// <summary>
    /// In the second stage of an exec the event describes the process as the new program, and rules ask for the one before.
    /// </summary>
    private static readonly string[] s_notOfCaller =
        ["process.executable", "process.file", "process.effectiveUid", "process.effectiveGid", "process.capabilities"];

    /// <returns>The operation, or null if this version does not know it.</returns>
    public static RecordedOperation? Of(DecisionRecord record)
    {
        if (OperationOf(record) is not { } operation)
        {
            return null;
        }

        var missing = new HashSet<string>(s_never, StringComparer.Ordinal);
        var cut = new HashSet<string>(StringComparer.Ordinal);
        Cut(record, "executable", "process", "executable", missing, cut);
        Cut(record, "target.executable", "target", "executable", missing, cut);
        Cut(record, "path", "image", "path", missing, cut);
        if (operation == GateOperation.ProcessExecArguments)
        {
            missing.UnionWith(s_notOfCaller);
        }

        if (record.Truncated.Contains("arguments", StringComparer.Ordinal))
        {
            missing.Add("exec.arguments");
        }

        var facts = new OperationFacts
        {
            Operation = operation,
            Process = Process(record.Subject.Process, missing),
            Target = Target(record.Object.Target, missing),
            Image = Image(record.Object.Image, missing),
            Request = Request(record, operation, missing),
        };
        return new RecordedOperation(facts, [.. missing]) { Cut = [.. cut] };
    }

    private static GateOperation? OperationOf(DecisionRecord record) => record.Operation switch
    {
        "process.exec" => string.Equals(record.Hook, ArgumentsHook, StringComparison.Ordinal)
            ? GateOperation.ProcessExecArguments
            : GateOperation.ProcessExec,
        "image.load" => record.Object.Image?.Kind switch
        {
            "library" => GateOperation.ImageLoadLibrary,
            "module" or "kexec-image" or "firmware" => GateOperation.ImageLoadKernel,
            "bpf-program" => GateOperation.ImageLoadProgram,
            _ => GateOperation.ImageLoadExecutable,
        },
        "process.create" => GateOperation.ProcessCreate,
        "process.exit" => GateOperation.ProcessExit,
        "process.open" => GateOperation.ProcessOpen,
        "process.credentials" => GateOperation.ProcessCredentials,
        "thread.create" => GateOperation.ThreadCreate,
        "thread.open" => GateOperation.ThreadOpen,
        "memory.map" => record.Object.Image is null ? GateOperation.MemoryMap : GateOperation.MemoryMapFile,
        "memory.protect" => record.Object.Image is null ? GateOperation.MemoryProtect : GateOperation.MemoryProtectFile,
        "memory.write-text" => GateOperation.MemoryWriteText,
        "memory.userfaultfd" => GateOperation.MemoryUserfaultfd,
        _ => null,
    };

    private static void Cut(
        DecisionRecord record, string word, string role, string field, HashSet<string> missing, HashSet<string> cut)
    {
        if (record.Truncated.Contains(word, StringComparer.Ordinal))
        {
            cut.Add($"{role}.{field}");
            missing.UnionWith([$"{role}.{field}", $"{role}.file"]);
        }
    }

    private static ProcessFacts Process(EventProcess process, HashSet<string> missing)
    {
        if (process.Executable is null)
        {
            // A kernel thread, or one whose executable could not be read: the event does not say which.
            missing.UnionWith(["process.executable", "process.file", "process.kernelThread"]);
        }

        if (!ulong.TryParse(process.Capabilities, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var capabilities))
        {
            missing.Add("process.capabilities");
        }

        return new ProcessFacts
        {
            Path = process.Executable,
            BoundPaths = Names(process.Executable),
            Uid = process.Uid,
            EffectiveUid = process.EffectiveUid,
            Gid = process.Gid,
            EffectiveGid = process.EffectiveGid,
            LoginUid = process.LoginUid ?? uint.MaxValue,
            Capabilities = capabilities,
        };
    }

    private static ProcessFacts Target(EventTarget? target, HashSet<string> missing)
    {
        if (target is null)
        {
            missing.UnionWith(FieldsOf(FieldRole.Target));
        }

        if (target?.Executable is null)
        {
            missing.UnionWith(["target.executable", "target.file", "target.kernelThread"]);
        }

        return target is null ? new ProcessFacts() : new ProcessFacts
        {
            Path = target.Executable,
            BoundPaths = Names(target.Executable),
            Uid = target.Uid,
            EffectiveUid = target.EffectiveUid,
            Gid = target.Gid,
            EffectiveGid = target.EffectiveGid,
        };
    }

    private static ImageFacts Image(EventImage? image, HashSet<string> missing)
    {
        // Asked for and not to be had is a fact, which onMiss answers; not asked for is none.
        if (image is null)
        {
            missing.UnionWith(FieldsOf(FieldRole.Image));
        }

        if (image?.Sha256State is not ("known" or "unknown" or "volatile"))
        {
            missing.Add("image.sha256");
        }

        if (image?.TrustState is not ("known" or "unknown" or "volatile"))
        {
            missing.Add("image.trust");
        }

        // Without a digest the event does not say whether the file has none, or no rule asked for it; nor who would have been asked.
        Require(missing, image?.VerityDigest, "image.verityDigest");
        Require(missing, image?.Answers, RecordedOperation.Answers);
        return image is null ? new ImageFacts() : new ImageFacts
        {
            VerityDigest = image.VerityDigest,
            Trust = image.Trust,
            Answers = (image.Answers ?? ImmutableDictionary<string, string>.Empty).ToDictionary(
                static a => a.Key, static a => a.Value is "deny" ? ClientAnswer.Deny : ClientAnswer.Allow, StringComparer.Ordinal),
            ProgramType = image.ProgramType,
            Path = image.Path,
            BoundPaths = Names(image.Path),
            Sha256 = image.Sha256,
            VolatileContent = image.Sha256State is "volatile",
            Kind = image.Kind,
            OwnerUid = image.OwnerUid,
            OwnerGid = image.OwnerGid,
            Size = image.Size,
            FileSystemMagic = image.FileSystemMagic,
            Flags = FieldCatalog.All.Where(static f => f is { Role: FieldRole.Image, Type: FieldType.Flag })
                .SelectMany(static f => f.Words)
                .Where(w => image.Flags.Contains(w.Word, StringComparer.Ordinal))
                .Aggregate(0UL, static (bits, w) => bits | w.Value) | Bits("image.mountFlags", image.MountFlags),
        };
    }

    private static RequestFacts Request(DecisionRecord record, GateOperation operation, HashSet<string> missing)
    {
        var request = record.Request ?? new EventRequest();
        Require(missing, request.Right, "open.right");
        Require(missing, request.Child, "open.child");
        Require(missing, request.SetuidGain, "exec.setuidGain");
        Require(missing, request.IoWorker, "create.ioWorker");
        Require(missing, request.Change, "credentials.change");
        Require(missing, request.NewUid, "credentials.newUid");
        Require(missing, request.NewGid, "credentials.newGid");
        Require(missing, request.Gained, "credentials.gained");
        Require(missing, request.Flags, "create.flags");
        Require(missing, request.Namespaces, "create.namespaces");
        Require(missing, request.ExitStatus, "exit.status");
        Require(missing, request.Memory?.Before, "memory.before");
        if (request.Memory is null)
        {
            missing.UnionWith(FieldCatalog.All.Where(static f => f.Name.StartsWith("memory.", StringComparison.Ordinal)).Select(static f => f.Name));
        }

        var late = operation == GateOperation.ProcessExecArguments;

        // An event without a rule carries none, and a program without any is not worth a wrong answer.
        Require(missing, late && record.Subject.Process.Arguments.Count > 0 ? record.Subject.Process.Arguments : null, "exec.arguments");
        return new RequestFacts
        {
            Right = request.Right,
            Signal = request.Signal ?? 0,
            Child = request.Child ?? false,
            SetuidGain = request.SetuidGain ?? false,
            IoWorker = request.IoWorker ?? false,
            Namespaces = Bits("create.namespaces", request.Namespaces),
            CreationFlags = Bits("create.flags", request.Flags),
            Gained = Bits("credentials.gained", request.Gained),
            Memory = MemoryBits(request.Memory),
            Backing = request.Memory?.Backing,
            Change = request.Change,
            NewUid = request.NewUid ?? 0,
            NewGid = request.NewGid ?? 0,
            ExitStatus = request.ExitStatus ?? 0,
            ExitSignal = request.ExitSignal ?? 0,
            Arguments = late ? record.Subject.Process.Arguments : [],
        };
    }

    private static ulong MemoryBits(EventMemory? memory) => memory is null ? 0 :
        Bits("memory.requested", memory.Requested) | Bits("memory.protection", memory.Protection) | Bits("memory.before", memory.Before)
        | Bit("memory.shared", memory.Shared) | Bit("memory.written", memory.Written) | Bit("memory.stack", memory.Stack)
        | Bit("memory.heap", memory.Heap) | Bit("memory.readImpliesExecute", memory.ReadImpliesExecute);

    private static ulong Bit(string field, bool isSet) => isSet ? FieldCatalog.Find(field)!.Words[0].Value : 0;

    private static ulong Bits(string field, IReadOnlyList<string>? words) => FieldCatalog.Find(field)!.Words
        .Where(w => words?.Contains(w.Word, StringComparer.Ordinal) == true)
        .Aggregate(0UL, static (bits, w) => bits | w.Value);

    private static IEnumerable<string> FieldsOf(FieldRole role) => FieldCatalog.All.Where(f => f.Role == role).Select(static f => f.Name);

    private static void Require<T>(HashSet<string> missing, T? value, string field)
    {
        if (value is null)
        {
            missing.Add(field);
        }
    }

    private static ImmutableArray<string> Names(string? path) => path is null ? [] : [path];
}
