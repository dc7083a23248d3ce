namespace Gatehouse.Policy;

/// <summary>The file that is loaded.</summary>
public interface IImageFields
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

    /// <summary>User id of the file's owner.</summary>
    long OwnerUid { get; }

    /// <summary>Group id of the file.</summary>
    long OwnerGid { get; }

    /// <summary>Size of the file in bytes.</summary>
    long Size { get; }

    /// <summary>File system that the file lies on.</summary>
    FileSystemKind FileSystem { get; }

    /// <summary>As what the file is loaded.</summary>
    ImageKind Kind { get; }

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
}
