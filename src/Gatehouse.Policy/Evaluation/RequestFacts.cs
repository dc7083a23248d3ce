namespace Gatehouse.Policy;

/// <summary>Facts of the operation itself; what it does not have stays 0, false or empty.</summary>
public sealed record RequestFacts
{
    /// <summary>Word of <c>open.right</c>, or null.</summary>
    public string? Right { get; init; }

    /// <summary>Number of the signal that is sent.</summary>
    public uint Signal { get; init; }

    /// <summary>Whether the target is a child of the acting process.</summary>
    public bool Child { get; init; }

    /// <summary>Whether the exec changes the effective user or adds capabilities.</summary>
    public bool SetuidGain { get; init; }

    /// <summary>Whether the thread is a worker of io_uring.</summary>
    public bool IoWorker { get; init; }

    /// <summary>Clone flags of the namespaces that are made.</summary>
    public ulong Namespaces { get; init; }

    /// <summary>Clone flags of <c>create.flags</c>.</summary>
    public ulong CreationFlags { get; init; }

    /// <summary>Capabilities of <c>credentials.gained</c>, as bits.</summary>
    public ulong Gained { get; init; }

    /// <summary>Facts of memory that becomes executable, as the bits of their fields (<c>memory.protection</c> and so on).</summary>
    public ulong Memory { get; init; }

    /// <summary>Word of <c>memory.backing</c>, or null.</summary>
    public string? Backing { get; init; }

    /// <summary>Word of <c>credentials.change</c>, or null.</summary>
    public string? Change { get; init; }

    /// <summary>Effective user id afterwards.</summary>
    public uint NewUid { get; init; }

    /// <summary>Effective group id afterwards.</summary>
    public uint NewGid { get; init; }

    /// <summary>Exit status.</summary>
    public uint ExitStatus { get; init; }

    /// <summary>Signal that ended the process.</summary>
    public uint ExitSignal { get; init; }

    /// <summary>Arguments of the new program.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Names of the environment variables of the new program.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];
}
