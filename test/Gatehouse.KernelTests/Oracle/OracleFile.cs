using System.Collections.Immutable;
using Gatehouse.Policy;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>A file that the oracle starts. All that rules can ask of it is known.</summary>
internal sealed record OracleFile
{
    public required string Path { get; init; }

    /// <summary>All its names; two for a hard link.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required string Sha256 { get; init; }

    public required ulong Size { get; init; }

    public uint OwnerUid { get; init; }

    public uint OwnerGid { get; init; }

    public uint FileSystemMagic { get; init; }

    /// <summary>Flags of the file and of its mount, as <see cref="ImageFacts.Flags"/>.</summary>
    public ulong Flags { get; init; }

    public string Trust { get; init; } = "none";

    public string? VerityDigest { get; init; }

    /// <summary>Whether the kernel takes it for an image before it is executable, and so knows its hash by then.</summary>
    public bool LooksLikeImage { get; init; } = true;

    /// <summary>Whether the driver may make a copy beside it.</summary>
    public bool MayBeCopied { get; init; }

    public bool IsWritten => (Flags & OracleFlags.Writers) != 0;

    public bool IsUnlinked => (Flags & OracleFlags.Unlinked) != 0;

    /// <summary>Of a script.</summary>
    public OracleFile? Interpreter { get; init; }

    /// <summary>A file with one name, as it lies there.</summary>
    public static OracleFile At(string path) => new()
    {
        Path = path,
        Names = [path],
        Sha256 = Guest.Volume.Sha256Of(path),
        Size = (ulong)new FileInfo(path).Length,
    };

    /// <summary>The paths of the policy at which this file stands.</summary>
    public IReadOnlyList<string> BoundIn(PolicyImage image) =>
        [.. image.BoundPaths.Select(static b => b.Path).Where(p => Names.Contains(p, StringComparer.Ordinal))];

    public ProgramFacts AsProgram(PolicyImage image) => new() { Path = Path, BoundPaths = BoundIn(image), Sha256 = Sha256 };

    public ImageFacts AsImage(PolicyImage image, string kind) => new()
    {
        Path = Path,
        BoundPaths = BoundIn(image),
        Sha256 = Sha256,
        Kind = kind,
        OwnerUid = OwnerUid,
        OwnerGid = OwnerGid,
        Size = Size,
        FileSystemMagic = FileSystemMagic,
        Flags = Flags,
        Trust = Trust,
        VerityDigest = VerityDigest,
        // Nobody is asked about what somebody writes to, and no answer holds for what has no name.
        Answers = IsWritten || IsUnlinked ? ImmutableDictionary<string, ClientAnswer>.Empty : OracleClients.AnswersFor(Sha256),
    };

    /// <summary>The copy that the driver makes of it, and that has no name when it is loaded.</summary>
    public OracleFile Unlinked(ProcessFacts maker) => this with
    {
        Path = Path + OracleFlags.UnlinkedSuffix,
        Names = [],
        OwnerUid = maker.EffectiveUid,
        OwnerGid = maker.EffectiveGid,
        Flags = OracleFlags.OfUnlinked(this),
        VerityDigest = null,
        LooksLikeImage = true,
    };

    public ProcessFacts AsProcess(PolicyImage image, OracleIdentity who, ulong allCapabilities) => new()
    {
        Path = Path,
        BoundPaths = BoundIn(image),
        Sha256 = Sha256,
        Uid = who.Uid,
        EffectiveUid = who.EffectiveUid,
        Gid = who.Gid,
        EffectiveGid = who.EffectiveGid,
        LoginUid = who.LoginUid ?? uint.MaxValue,
        Capabilities = allCapabilities & ~who.Without,
        Container = who.Container,
    };
}
