namespace Gatehouse.Kernel;

/// <summary>The process that is acted on. Identity is <see cref="Pid"/> with <see cref="StartTime"/>.</summary>
public sealed record GateTarget
{
    /// <summary>Process id (thread group) in the initial pid namespace.</summary>
    public required int Pid { get; init; }

    /// <summary>Id of the thread that was named; equal to the pid if that was the first one.</summary>
    public required int Tid { get; init; }

    /// <summary>When the process started, since boot.</summary>
    public required TimeSpan StartTime { get; init; }

    /// <summary>Real user id.</summary>
    public required uint Uid { get; init; }

    /// <summary>Effective user id.</summary>
    public required uint EffectiveUid { get; init; }

    /// <summary>Real group id.</summary>
    public required uint Gid { get; init; }

    /// <summary>Effective group id.</summary>
    public required uint EffectiveGid { get; init; }

    /// <summary>The task's name (15 characters at most; chosen by the task itself).</summary>
    public required string Command { get; init; }

    /// <summary>Path of the executable that it runs, or null for a kernel thread or if it could not be read.</summary>
    public required string? Executable { get; init; }
}
