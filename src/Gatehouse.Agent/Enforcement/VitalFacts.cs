using Gatehouse.Kernel;
using Gatehouse.Policy;

namespace Gatehouse.Agent.Enforcement;

/// <summary>What must go on working, as operations that the C# back end can be asked about.</summary>
internal sealed class VitalFacts
{
    private const uint SetUserId = 0x800;
    private const uint SetGroupId = 0x400;
    private const ulong EveryCapability = (1UL << 41) - 1;

    /// <summary>The types of BPF programs that the agent loads: hooks, iterators, and what libbpf tries the kernel with.</summary>
    private static readonly string[] s_programTypes = ["lsm", "tracing", "socket-filter"];

    /// <summary>Read and execute, asked for and given: how code is mapped.</summary>
    private static readonly ulong s_textOfFile = new[] { "memory.requested", "memory.protection" }
        .SelectMany(static field => FieldCatalog.Find(field)!.Words)
        .Where(static w => w.Word is "read" or "execute")
        .Aggregate(0UL, static (bits, w) => bits | w.Value);

    private static readonly GateOperation[] s_makingCode = [GateOperation.MemoryMapFile, GateOperation.MemoryProtectFile];

    /// <summary>A view of memory that is written through another view.</summary>
    private static readonly OperationFacts s_compiledCode = new()
    {
        Operation = GateOperation.MemoryMapFile,
        Image = new ImageFacts
        {
            Path = "/memfd:doublemapper (deleted)",
            Kind = "library",
            VolatileContent = true,
            Flags = Bit("image.memfd") | Bit("image.unlinked") | Bit("image.writers"),
        },
        Request = new RequestFacts { Memory = s_textOfFile | Bit("memory.shared"), Backing = "memfd" },
    };

    private readonly FileHashes? _hashes;
    private readonly Func<string, string?>? _trustOf;
    private readonly ILookup<string, string> _boundByTarget;
    private readonly (string Path, string Target)[] _folders;
    private readonly ProcessFacts _firstProcess;

    /// <param name="image">The policies.</param>
    /// <param name="hashes">What computes hashes, if the policies ask for them.</param>
    /// <param name="trustOf">From a SHA-256 to a word of image.trust; null: it is not known, and rules answer for that.</param>
    public VitalFacts(PolicyImage image, FileHashes hashes, Func<string, string?>? trustOf)
    {
        _trustOf = trustOf;
        var asksHash = image.Hashes.Count > 0
            || OperationTable.All.Any(o => image.Operations[o].Needs.HasFlag(OperationNeeds.Hash));
        _hashes = asksHash ? hashes : null;
        _boundByTarget = Resolve(image.BoundPaths.Select(static p => p.Path))
            .ToLookup(static p => p.Target, static p => p.Path, StringComparer.Ordinal);
        _folders = [.. Resolve(PolicyCompiler.PathsToResolve(image).Select(static p => p.TrimEnd('/'))).Where(static p => !string.Equals(p.Path, p.Target, StringComparison.Ordinal))];
        _firstProcess = Program(PathResolver.Resolve("/proc/1/exe"));
    }

    /// <summary>The operations that a file is needed for, each with what would be lost without it.</summary>
    public IEnumerable<(OperationFacts Operation, string Loss)> Of(VitalFile file)
    {
        foreach (var spelling in SpellingsOf(file.Path))
        {
            foreach (var (operation, kind) in LoadsOf(file))
            {
                yield return (
                    new OperationFacts
                    {
                        Operation = operation,
                        Process = _firstProcess,
                        Image = Image(file.Path, spelling, kind),
                        Request = new RequestFacts { Arguments = [spelling] },
                    },
                    $"{file.Path}, {file.Role}");
            }
        }

        // Exec maps a program as a running process maps a library.
        yield return (
            new OperationFacts
            {
                Operation = GateOperation.MemoryMapFile,
                Process = _firstProcess,
                Image = Image(file.Path, file.Path, "library"),
                Request = new RequestFacts { Memory = s_textOfFile, Backing = "file" },
            },
            $"the code of {file.Path}, {file.Role}");
        if (file.IsLibrary)
        {
            yield break;
        }

        var itself = Program(file.Path);
        foreach (var type in file.LoadsPrograms ? s_programTypes : [])
        {
            yield return (
                new OperationFacts { Operation = GateOperation.ImageLoadProgram, Process = itself, Image = new ImageFacts { ProgramType = type } },
                $"BPF programs of type {type} to {file.Path}, {file.Role}");
        }

        foreach (var operation in file.CompilesCode ? s_makingCode : [])
        {
            yield return (s_compiledCode with { Operation = operation, Process = itself }, $"the code that .NET compiles in {file.Path}, {file.Role}");
        }

        yield return (new OperationFacts { Operation = GateOperation.ProcessCreate, Process = itself }, $"new processes to {file.Path}, {file.Role}");
        yield return (new OperationFacts { Operation = GateOperation.ThreadCreate, Process = itself }, $"new threads to {file.Path}, {file.Role}");
    }

    // A library can also be started as a program (the loader is), and exec loads it as the interpreter of all that are.
    private static (GateOperation Operation, string Kind)[] LoadsOf(VitalFile file) => file.IsLibrary
        ?
        [
            (GateOperation.ProcessExec, "executable"), (GateOperation.ImageLoadExecutable, "executable"),
            (GateOperation.ImageLoadExecutable, "interpreter"), (GateOperation.ImageLoadLibrary, "library"),
        ]
        :
        [
            (GateOperation.ProcessExec, "executable"), (GateOperation.ProcessExecArguments, "executable"),
            (GateOperation.ImageLoadExecutable, "executable"),
        ];

    private static IEnumerable<(string Path, string Target)> Resolve(IEnumerable<string> paths) => paths
        .Select(static p => (Path: p, Target: PathResolver.Resolve(p)))
        .Where(static p => p.Target is not null)
        .Select(static p => (p.Path, p.Target!));

    private static ulong Bit(string flag) => FieldCatalog.Find(flag)!.Words[0].Value;

    private static ulong FlagsOf(HostFile file)
    {
        var overlay = FieldCatalog.Find("image.fileSystem")!.Words.First(static w => string.Equals(w.Word, "overlay", StringComparison.Ordinal));
        return ((file.Mode & SetUserId) != 0 ? Bit("image.setuid") : 0)
            | ((file.Mode & SetGroupId) != 0 ? Bit("image.setgid") : 0)
            | (file.FileSystemMagic == overlay.Value ? Bit("image.overlay") : 0);
    }

    /// <summary>A rule may spell the folder of a file through a link: then that spelling stands for the file too.</summary>
    private IEnumerable<string> SpellingsOf(string path) => _folders
        .Where(f => path.StartsWith(f.Target + "/", StringComparison.Ordinal))
        .Select(f => f.Path + path[f.Target.Length..])
        .Prepend(path)
        .Distinct(StringComparer.Ordinal);

    private ImageFacts Image(string path, string spelling, string kind)
    {
        var file = HostFile.TryRead(path);
        var hash = _hashes?.Of(path);
        return new ImageFacts
        {
            Trust = hash is null ? null : _trustOf?.Invoke(hash),
            Path = spelling,
            BoundPaths = [.. _boundByTarget[path]],
            Sha256 = hash,
            Kind = kind,
            OwnerUid = file?.OwnerUid ?? 0,
            OwnerGid = file?.OwnerGid ?? 0,
            Size = file?.Size ?? 0,
            FileSystemMagic = file?.FileSystemMagic ?? 0,
            Flags = file is null ? 0 : FlagsOf(file),
        };
    }

    /// <summary>A program that root runs, outside of any container.</summary>
    private ProcessFacts Program(string? path) => new()
    {
        Path = path,
        BoundPaths = path is null ? [] : [.. _boundByTarget[path]],
        Sha256 = path is null ? null : _hashes?.Of(path),
        Capabilities = EveryCapability,
    };
}
