namespace Gatehouse.Sdk.Events;

/// <summary>The process that is acted on. Its identity is <see cref="Pid"/> with <see cref="StartTimeNs"/>.</summary>
public sealed record EventTarget
{
    /// <summary>Process id in the initial pid namespace.</summary>
    public required int Pid { get; init; }

    /// <summary>Id of the thread that was named; the pid if that is the first one.</summary>
    public required int Tid { get; init; }

    /// <summary>When the process started, in nanoseconds since boot (CLOCK_BOOTTIME).</summary>
    public required long StartTimeNs { get; init; }

    /// <summary>Real user id.</summary>
    public required uint Uid { get; init; }

    /// <summary>Effective user id.</summary>
    public required uint EffectiveUid { get; init; }

    /// <summary>Real group id.</summary>
    public required uint Gid { get; init; }

    /// <summary>Effective group id.</summary>
    public required uint EffectiveGid { get; init; }

    /// <summary>The task's name (15 characters at most), chosen by the task itself.</summary>
    public required string Command { get; init; }

    /// <summary>Path of the executable that it runs; absent for a kernel thread, or if it could not be read.</summary>
    public string? Executable { get; init; }
}
