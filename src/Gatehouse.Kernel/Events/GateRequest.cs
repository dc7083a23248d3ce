namespace Gatehouse.Kernel;

/// <summary>What was asked of an operation. What the operation does not have is null.</summary>
public sealed record GateRequest
{
    /// <summary>process.open, thread.open: the word of <c>open.right</c>.</summary>
    public string? Right { get; init; }

    /// <summary>process.open, thread.open: number of the signal that is sent; null if none is.</summary>
    public uint? Signal { get; init; }

    /// <summary>process.open, thread.open: whether the target is a child of the acting process.</summary>
    public bool? Child { get; init; }

    /// <summary>process.exec: whether it changes the effective user or adds capabilities.</summary>
    public bool? SetuidGain { get; init; }

    /// <summary>thread.create: whether it is a worker of io_uring.</summary>
    public bool? IoWorker { get; init; }

    /// <summary>process.create, thread.create: words of the namespaces that are made for it.</summary>
    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <summary>process.create, thread.create: what it shares with its maker, and how it is made.</summary>
    public IReadOnlyList<string>? Flags { get; init; }

    /// <summary>process.credentials: the word of <c>credentials.change</c>.</summary>
    public string? Change { get; init; }

    /// <summary>process.credentials: effective user id afterwards.</summary>
    public uint? NewUid { get; init; }

    /// <summary>process.credentials: effective group id afterwards.</summary>
    public uint? NewGid { get; init; }

    /// <summary>process.credentials: words of the capabilities that are added to a set of the process.</summary>
    public IReadOnlyList<string>? Gained { get; init; }

    /// <summary>memory.map, memory.protect: the memory.</summary>
    public GateMemory? Memory { get; init; }

    /// <summary>process.exit: exit status.</summary>
    public uint? ExitStatus { get; init; }

    /// <summary>process.exit: number of the signal that ended it; null if none did.</summary>
    public uint? ExitSignal { get; init; }

    /// <summary>process.exit: how long the process existed.</summary>
    public TimeSpan? RunTime { get; init; }
}
