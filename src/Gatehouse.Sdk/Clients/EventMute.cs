namespace Gatehouse.Sdk.Clients;

/// <summary>Events that a subscription does not get; or, of an inverted kind, the only ones that it gets. See <see cref="EventFilter"/>.</summary>
/// <remarks>A mute takes events away from its own subscription and changes no decision. A path is a spelling that the acting process may have chosen.</remarks>
public sealed record EventMute
{
    /// <summary>What it is about.</summary>
    public required MuteKind Kind { get; init; }

    /// <summary>With <see cref="MuteKind.Process"/>: its number.</summary>
    public int Pid { get; init; }

    /// <summary>With <see cref="MuteKind.Process"/>: when it started, in nanoseconds since boot, as events have it.</summary>
    public long StartTimeNs { get; init; }

    /// <summary>With the other kinds: the path, at most 4,095 bytes of UTF-8.</summary>
    public string? Path { get; init; }

    /// <summary>Whether <see cref="Path"/> is the beginning of the paths that are meant, and not the whole.</summary>
    public bool IsPrefix { get; init; }

    /// <summary>Operations that are meant; empty: all.</summary>
    public IReadOnlyList<string> Operations { get; init; } = [];

    /// <summary>A process.</summary>
    public static EventMute Process(int pid, long startTimeNs) => new() { Kind = MuteKind.Process, Pid = pid, StartTimeNs = startTimeNs };

    /// <summary>Whatever a program does.</summary>
    public static EventMute Literal(MuteKind kind, string path) => new() { Kind = kind, Path = path };

    /// <summary>Whatever the programs do, or happens to the files, whose path begins so.</summary>
    public static EventMute Prefix(MuteKind kind, string path) => new() { Kind = kind, Path = path, IsPrefix = true };
}
