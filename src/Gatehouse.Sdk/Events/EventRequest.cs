namespace Gatehouse.Sdk.Events;

/// <summary>What was asked. Each property is absent unless the operation has it; the words are those of the policy language.</summary>
public sealed record EventRequest
{
    /// <summary><c>process.open</c>, <c>thread.open</c>: the right, such as <c>write-memory</c>.</summary>
    public string? Right { get; init; }

    /// <summary><c>process.open</c>, <c>thread.open</c>: number of the signal, if one is sent.</summary>
    public uint? Signal { get; init; }

    /// <summary><c>process.open</c>, <c>thread.open</c>: whether the target is a child of the acting process.</summary>
    public bool? Child { get; init; }

    /// <summary><c>process.exec</c>: whether it changes the effective user or adds capabilities.</summary>
    public bool? SetuidGain { get; init; }

    /// <summary><c>thread.create</c>: whether it is a worker of io_uring.</summary>
    public bool? IoWorker { get; init; }

    /// <summary><c>process.create</c>, <c>thread.create</c>: namespaces that are made for it.</summary>
    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <summary>
    /// <c>process.create</c>, <c>thread.create</c>: what it shares with its maker, and how it is made: <c>share-descriptors</c>,
    /// <c>share-file-system</c>, <c>share-memory</c>, <c>share-signal-handlers</c>, <c>same-parent</c>, <c>traced</c>, <c>vfork</c>.
    /// </summary>
    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary><c>process.credentials</c>: what changes, such as <c>uid</c>.</summary>
    public string? Change { get; init; }

    /// <summary><c>process.credentials</c>: effective user id afterwards.</summary>
    public uint? NewUid { get; init; }

    /// <summary><c>process.credentials</c>: effective group id afterwards.</summary>
    public uint? NewGid { get; init; }

    /// <summary><c>process.credentials</c>: capabilities that are added to a set of the process.</summary>
    public IReadOnlyList<string>? Gained { get; init; }

    /// <summary><c>memory.map</c>, <c>memory.protect</c>: the memory.</summary>
    public EventMemory? Memory { get; init; }

    /// <summary><c>process.exit</c>: exit status, 0 to 255.</summary>
    public uint? ExitStatus { get; init; }

    /// <summary><c>process.exit</c>: number of the signal that ended it, if one did.</summary>
    public uint? ExitSignal { get; init; }

    /// <summary><c>process.exit</c>: how long the process existed, in nanoseconds.</summary>
    public long? RunTimeNs { get; init; }
}
