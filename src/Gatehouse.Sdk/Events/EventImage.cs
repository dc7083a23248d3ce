namespace Gatehouse.Sdk.Events;

/// <summary>An image: a file whose code was to run.</summary>
public sealed record EventImage
{
    /// <summary>
    /// As what it is loaded: <c>executable</c>, <c>script</c>, <c>interpreter</c> (of a script or a program, both by exec),
    /// <c>library</c> (mapped executable by a running process), and for the kernel itself <c>module</c>, <c>bpf-program</c>,
    /// <c>kexec-image</c> or <c>firmware</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>Path as the acting process sees it; absent if it has none.</summary>
    public string? Path { get; init; }

    /// <summary>The kernel's device number of the super block (not <c>st_dev</c> of every file system).</summary>
    public required ulong Device { get; init; }

    /// <summary>Inode number.</summary>
    public required ulong Inode { get; init; }

    /// <summary>Generation of the inode, which tells a reused number apart.</summary>
    public required uint InodeGeneration { get; init; }

    /// <summary>Size in bytes.</summary>
    public required ulong Size { get; init; }

    /// <summary>Permission bits in octal, four digits, as in <c>chmod</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Owner.</summary>
    public required uint OwnerUid { get; init; }

    /// <summary>Group.</summary>
    public required uint OwnerGid { get; init; }

    /// <summary>Number of links; 0 for memfd and deleted files.</summary>
    public required uint LinkCount { get; init; }

    /// <summary>Magic number of the file system.</summary>
    public required uint FileSystemMagic { get; init; }

    /// <summary>
    /// Facts that hold: <c>memfd</c>, <c>overlay</c>, <c>unlinked</c>, <c>writers</c>, <c>setuid</c>, <c>setgid</c>,
    /// <c>overlayUpper</c>, <c>groupWritable</c>, <c>worldWritable</c>, <c>fromMemory</c>.
    /// </summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>
    /// Flags of the mount through which it was opened: <c>read-only</c>, <c>no-suid</c>, <c>no-dev</c>, <c>no-exec</c>; absent if
    /// there are none.
    /// </summary>
    public IReadOnlyList<string>? MountFlags { get; init; }

    /// <summary>Lower-case hex fs-verity digest; absent if the file has none, or no rule asks for it.</summary>
    public string? VerityDigest { get; init; }

    /// <summary>
    /// Who vouches for the content: <c>none</c>, <c>package</c>, <c>baseline</c> or <c>signer</c>; absent unless
    /// <see cref="TrustState"/> is <c>known</c>.
    /// </summary>
    public string? Trust { get; init; }

    /// <summary>As <see cref="Sha256State"/>; absent if it is <c>not-needed</c>.</summary>
    public string? TrustState { get; init; }

    /// <summary>By client that was asked of this content: <c>allow</c> or <c>deny</c>; absent if none has answered.</summary>
    public IReadOnlyDictionary<string, string>? Answers { get; init; }

    /// <summary>Type of a BPF program; absent for everything else.</summary>
    public string? ProgramType { get; init; }

    /// <summary>Lower-case hex SHA-256; absent unless <see cref="Sha256State"/> is <c>known</c>.</summary>
    public string? Sha256 { get; init; }

    /// <summary><c>not-needed</c>, <c>known</c>, <c>unknown</c> (not computed in time) or <c>volatile</c> (open for writing).</summary>
    public required string Sha256State { get; init; }
}
