namespace Gatehouse.Policy;

/// <summary>A file: one that is loaded, or one behind memory.</summary>
public interface IMappedFileFields
{
    /// <summary>
    /// Path of the file, as the acting process spells it, or at which it stood at load. A path may refuse and never
    /// grant.
    /// </summary>
    string Path { get; }

    /// <summary>The file by identity: the one that stood at a path when the policy was loaded.</summary>
    string File { get; }

    /// <summary>SHA-256 of the file's content: 64 hexadecimal digits.</summary>
    string Sha256 { get; }

    /// <summary>fs-verity digest of the file, with SHA-256: 64 hexadecimal digits; a file without fs-verity has none.</summary>
    string VerityDigest { get; }

    /// <summary>Who vouches for the file's content; the strongest that does.</summary>
    TrustSource Trust { get; }

    /// <summary>User id of the file's owner.</summary>
    long OwnerUid { get; }

    /// <summary>Group id of the file.</summary>
    long OwnerGid { get; }

    /// <summary>Size of the file in bytes.</summary>
    long Size { get; }

    /// <summary>File system that the file lies on.</summary>
    FileSystemKind FileSystem { get; }

    /// <summary>Whether the file exists in memory only.</summary>
    bool Memfd { get; }

    /// <summary>Whether the file lies on an overlay file system.</summary>
    bool Overlay { get; }

    /// <summary>Whether the file has no name any more.</summary>
    bool Unlinked { get; }

    /// <summary>Whether somebody has the file open for writing.</summary>
    bool Writers { get; }

    /// <summary>Whether the file has the set-user-id bit.</summary>
    bool Setuid { get; }

    /// <summary>Whether the file has the set-group-id bit.</summary>
    bool Setgid { get; }

    /// <summary>Whether the file lies on an overlay file system and its content comes from the upper layer.</summary>
    bool OverlayUpper { get; }

    /// <summary>Whether the file's group may write to it.</summary>
    bool GroupWritable { get; }

    /// <summary>Whether everybody may write to the file.</summary>
    bool WorldWritable { get; }

    /// <summary>Whether it is no file at all, but bytes that a process gave the kernel.</summary>
    bool FromMemory { get; }

    /// <summary>Flags of the mount through which the file was opened.</summary>
    IReadOnlySet<MountOption> MountFlags { get; }
}
