namespace Gatehouse.Kernel;

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

    /// <summary>
    /// Arguments of the process that acts; chosen by the process itself. Of an exec those before it, or those of the new
    /// program if it was decided by them (hook bprm_committed_creds).
    /// </summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Working directory, or null if it could not be read.</summary>
    public required string? WorkingDirectory { get; init; }
}

/// <summary>An ancestor of the acting process.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="StartTime">When it started, since boot.</param>
/// <param name="Command">The task's name.</param>
public readonly record struct GateAncestor(int Pid, TimeSpan StartTime, string Command);
