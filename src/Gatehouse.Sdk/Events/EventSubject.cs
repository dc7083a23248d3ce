namespace Gatehouse.Sdk.Events;

/// <summary>Who acted.</summary>
public sealed record EventSubject
{
    /// <summary>The acting process.</summary>
    public required EventProcess Process { get; init; }
}

/// <summary>A process. Its identity is <see cref="Pid"/> with <see cref="StartTimeNs"/>, never the pid alone.</summary>
public sealed record EventProcess
{
    /// <summary>Process id in the initial pid namespace.</summary>
    public required int Pid { get; init; }

    /// <summary>Thread id.</summary>
    public required int Tid { get; init; }

    /// <summary>When the process started, in nanoseconds since boot (CLOCK_BOOTTIME).</summary>
    public required long StartTimeNs { get; init; }

    /// <summary>Parent and further ancestors, nearest first (at most 8).</summary>
    public required IReadOnlyList<EventAncestor> Ancestors { get; init; }

    /// <summary>Real user id.</summary>
    public required uint Uid { get; init; }

    /// <summary>Effective user id.</summary>
    public required uint EffectiveUid { get; init; }

    /// <summary>Real group id.</summary>
    public required uint Gid { get; init; }

    /// <summary>Effective group id.</summary>
    public required uint EffectiveGid { get; init; }

    /// <summary>Login user of the audit subsystem; absent if unset.</summary>
    public uint? LoginUid { get; init; }

    /// <summary>Session of the audit subsystem; absent if unset.</summary>
    public uint? SessionId { get; init; }

    /// <summary>Effective capabilities as 16 hex digits, as in <c>/proc/PID/status</c>.</summary>
    public required string Capabilities { get; init; }

    /// <summary>Id of the cgroup (version 2).</summary>
    public required ulong CgroupId { get; init; }

    /// <summary>Inode number of the mount namespace.</summary>
    public required uint MountNamespace { get; init; }

    /// <summary>Inode number of the pid namespace.</summary>
    public required uint PidNamespace { get; init; }

    /// <summary>Inode number of the user namespace.</summary>
    public required uint UserNamespace { get; init; }

    /// <summary>The task's name (15 characters at most), chosen by the task itself.</summary>
    public required string Command { get; init; }

    /// <summary>Path of the executable that the process runs; absent for a kernel thread.</summary>
    public string? Executable { get; init; }

    /// <summary>
    /// Arguments of the acting process, chosen by the process itself. For an exec those before it, unless it was decided by
    /// them (hook <c>bprm_committed_creds</c>): then those of the new program.
    /// </summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Working directory; absent if it could not be read.</summary>
    public string? WorkingDirectory { get; init; }
}

/// <summary>An ancestor of the acting process.</summary>
public sealed record EventAncestor
{
    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>When it started, in nanoseconds since boot.</summary>
    public required long StartTimeNs { get; init; }

    /// <summary>The task's name.</summary>
    public required string Command { get; init; }
}
