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

    public required uint OwnerUid { get; init; }

    public required uint FileSystemMagic { get; init; }

    public ulong Flags { get; init; }

    /// <summary>Of a script.</summary>
    public OracleFile? Interpreter { get; init; }

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
        Size = Size,
        FileSystemMagic = FileSystemMagic,
        Flags = Flags,
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
