using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The bounds of a registration, and what stands for the keys that are left out.</summary>
public static class ClientLimits
{
    /// <summary>Largest file, in bytes (64 KiB).</summary>
    public const int MaxFileBytes = 64 * 1024;

    /// <summary>Most event streams of a client at the same time.</summary>
    public const int MaxSubscriptions = 16;

    /// <summary>Event streams if the file does not say.</summary>
    public const int DefaultSubscriptions = 4;

    /// <summary>Rules of all its policies together if the file does not say.</summary>
    public const int DefaultRules = 1_000;

    /// <summary>Policies if the file does not say.</summary>
    public const int DefaultPolicies = 2;

    /// <summary>Longest path of an executable, in bytes of UTF-8 (PATH_MAX without its end).</summary>
    public const int MaxPathBytes = 4_095;

    /// <summary>
    /// Words of <c>classes</c>: the classes that rules decide, and <c>agent</c>, the records that the agent itself makes (events only).
    /// </summary>
    public static ImmutableArray<string> Classes { get; } = ["process", "thread", "image", "memory", "agent"];
}
