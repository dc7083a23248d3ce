namespace Gatehouse.Kernel;

/// <summary>The image of a decision.</summary>
public sealed record GateImage
{
    /// <summary>As what it was to be loaded: "executable", "script", "interpreter" or "library".</summary>
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

    /// <summary>Facts that hold: "memfd", "overlay", "unlinked", "writers", "setuid", "setgid".</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>Lower-case hex SHA-256 if the policy needed it and it could be computed, else null.</summary>
    public required string? Sha256 { get; init; }

    /// <summary>"not-needed", "known", "unknown" (could not be computed in time) or "volatile" (open for writing).</summary>
    public required string Sha256State { get; init; }
}
