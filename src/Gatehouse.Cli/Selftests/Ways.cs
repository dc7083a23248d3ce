namespace Gatehouse.Cli.Selftests;

/// <summary>All ways that a self-test tries, in the order in which it does.</summary>
internal static class Ways
{
    public static IReadOnlyList<Way> All { get; } =
        [.. SignalWays.All, .. ProcessWays.All, .. ImageWays.All, .. MemoryWays.All, .. FileWays.All, .. KernelWays.All];

    /// <summary>The word for a class, as operations begin with it.</summary>
    public static string Word(WayClass @class) => @class.ToString().ToLowerInvariant();
}
