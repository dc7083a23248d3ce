namespace Gatehouse.Kernel;

/// <summary>One decision of the kernel side, decoded from the event ring. Strings are copies.</summary>
public sealed record GateDecision
{
    /// <summary>Global sequence number, from 1; a gap is a loss.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Sequence number within the class ("process", "image"), from 1.</summary>
    public required ulong ClassSequence { get; init; }

    /// <summary>CLOCK_BOOTTIME when the decision was made.</summary>
    public required TimeSpan SinceBoot { get; init; }

    /// <summary>"process.exec" or "image.load".</summary>
    public required string Operation { get; init; }

    /// <summary>How the image was to be loaded: "executable" or "library"; for process.exec always "executable".</summary>
    public required string Kind { get; init; }

    /// <summary>The hook that decided: "bprm_check_security", "mmap_file" or "file_mprotect".</summary>
    public required string Hook { get; init; }

    /// <summary>True if the operation was refused.</summary>
    public required bool Denied { get; init; }

    /// <summary>Why: "rule", "no-rule", "canary", or a fail-closed reason ("generation-race", "table-missing").</summary>
    public required string Reason { get; init; }

    /// <summary>Index of the deciding rule in the image of <see cref="Generation"/>, or null.</summary>
    public required int? Rule { get; init; }

    /// <summary>Index of the first rule that matched without enforcing (audit), or null.</summary>
    public required int? AuditedRule { get; init; }

    /// <summary>Policy generation that decided; 0 = none loaded.</summary>
    public required ulong Generation { get; init; }

    /// <summary>The acting process.</summary>
    public required GateProcess Process { get; init; }

    /// <summary>The image that was to be loaded.</summary>
    public required GateImage Image { get; init; }

    /// <summary>Names of text fields that did not fit and were cut.</summary>
    public required IReadOnlyList<string> Truncated { get; init; }
}

/// <summary>The acting process of a decision. Identity is <see cref="Pid"/> with <see cref="StartTime"/>.</summary>
public sealed record GateProcess
{
    /// <summary>Process id (thread group) in the initial pid namespace.</summary>
    public required int Pid { get; init; }

    /// <summary>Thread id.</summary>
    public required int Tid { get; init; }

    /// <summary>When the process started, since boot.</summary>
    public required TimeSpan StartTime { get; init; }

    /// <summary>Parent and further ancestors, nearest first (at most 8).</summary>
    public required IReadOnlyList<GateAncestor> Ancestors { get; init; }

    /// <summary>Real and effective user and group.</summary>
    public required uint Uid { get; init; }

    /// <summary>Effective user id.</summary>
    public required uint EffectiveUid { get; init; }

    /// <summary>Real group id.</summary>
    public required uint Gid { get; init; }

    /// <summary>Effective group id.</summary>
    public required uint EffectiveGid { get; init; }

    /// <summary>Login user of the audit subsystem, or null if unset.</summary>
    public required uint? LoginUid { get; init; }

    /// <summary>Session of the audit subsystem, or null if unset.</summary>
    public required uint? SessionId { get; init; }

    /// <summary>Effective capabilities, bit n = capability n.</summary>
    public required ulong EffectiveCapabilities { get; init; }

    /// <summary>Id of the cgroup (version 2).</summary>
    public required ulong CgroupId { get; init; }

    /// <summary>Inode numbers of the mount, pid and user namespaces.</summary>
    public required uint MountNamespace { get; init; }

    /// <summary>Pid namespace.</summary>
    public required uint PidNamespace { get; init; }

    /// <summary>User namespace.</summary>
    public required uint UserNamespace { get; init; }

    /// <summary>The task's name (15 characters at most; chosen by the task itself).</summary>
    public required string Command { get; init; }

    /// <summary>Path of the executable that the process runs, or null for a kernel thread.</summary>
    public required string? Executable { get; init; }

    /// <summary>Arguments of the process that acts (for an exec: those before it); chosen by the process itself.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Working directory, or null if it could not be read.</summary>
    public required string? WorkingDirectory { get; init; }
}

/// <summary>An ancestor of the acting process.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTime">When it started, since boot.</param>
/// <param name="Command">The task's name.</param>
public readonly record struct GateAncestor(int Pid, TimeSpan StartTime, string Command);

/// <summary>The image of a decision.</summary>
public sealed record GateImage
{
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
