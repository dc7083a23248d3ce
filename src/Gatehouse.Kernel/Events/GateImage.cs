namespace Gatehouse.Kernel;

/// <summary>The image of a decision.</summary>
public sealed record GateImage
{
    /// <summary>As what it was to be loaded: "executable", "script", "interpreter", "library", "module", "bpf-program" and so on.</summary>
    public required string Kind { get; init; }

    /// <summary>Path as the acting process sees it, or null if it has none.</summary>
    public required string? Path { get; init; }

    /// <summary>Identity of the inode.</summary>
    public required InodeIdentity Inode { get; init; }

    /// <summary>Size in bytes.</summary>
    public required ulong Size { get; init; }

    /// <summary>File type and permission bits (as in st_mode).</summary>
    public required uint Mode { get; init; }

    /// <summary>Owner.</summary>
    public required uint OwnerUid { get; init; }

    /// <summary>Group.</summary>
    public required uint OwnerGid { get; init; }

    /// <summary>Number of links; 0 for memfd and deleted files.</summary>
    public required uint LinkCount { get; init; }

    /// <summary>Magic number of the file system.</summary>
    public required uint FileSystemMagic { get; init; }

    /// <summary>Facts that hold, as policies call them: "memfd", "overlay", "unlinked", "fromMemory" and so on.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>Flags of the mount through which it was opened: "read-only", "no-suid", "no-dev", "no-exec".</summary>
    public IReadOnlyList<string> MountFlags { get; init; } = [];

    /// <summary>Lower-case hex fs-verity digest, or null if it has none, or none was asked for.</summary>
    public string? VerityDigest { get; init; }

    /// <summary>"none", "package", "baseline" or "signer", or null unless <see cref="TrustState"/> is "known".</summary>
    public string? Trust { get; init; }

    /// <summary>"not-needed", "known", "unknown" or "volatile", as <see cref="Sha256State"/>.</summary>
    public string TrustState { get; init; } = "not-needed";

    /// <summary>Slots of the clients that allowed this content when they were asked.</summary>
    public IReadOnlyList<int> AllowedBy { get; init; } = [];

    /// <summary>Slots of the clients that refused it.</summary>
    public IReadOnlyList<int> RefusedBy { get; init; } = [];

    /// <summary>Type of a BPF program, or null if it is none; "type-33" and so on for one that has no word yet.</summary>
    public string? ProgramType { get; init; }

    /// <summary>Lower-case hex SHA-256 if the policy needed it and it could be computed, else null.</summary>
    public required string? Sha256 { get; init; }

    /// <summary>"not-needed", "known", "unknown" (could not be computed in time) or "volatile" (open for writing).</summary>
    public required string Sha256State { get; init; }
}
