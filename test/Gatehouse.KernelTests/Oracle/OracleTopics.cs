namespace Gatehouse.KernelTests.Oracle;

/// <summary>What must have been decided about for the agreement to say something.</summary>
internal static class OracleTopics
{
    /// <summary>Facts that rules which decide test; each has this text in its condition.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "image.trust", "image.verityDigest", "image.mountFlags", "image.writers", "image.unlinked", "image.memfd", "image.setuid", "image.setgid",
        "image.groupWritable", "image.worldWritable", "image.overlayUpper", "image.ownerGid", "\"library\"", "image.sha256",
    ];

    /// <summary>How often a case must have been about this; a run goes on until it was.</summary>
    public static IReadOnlyList<(string Topic, int AtLeast)> Demands { get; } =
    [
        ("image.trust", 15), ("image.mountFlags", 15), ("image.verityDigest", 3), ("image.ownerGid", 3), ("\"library\"", 3), ("image.overlayUpper", 2),
        ("image.writers", 1), ("image.unlinked", 1), ("image.setuid", 1), ("image.setgid", 1), ("image.groupWritable", 1), ("image.worldWritable", 1),
        ("map", 60), ("share", 30), ("protect", 60), ("map unlinked", 10), ("share unlinked", 5), ("protect unlinked", 10),
        ("map refused", 10), ("share refused", 3), ("protect refused", 10), ("ask Allow", 3), ("ask Deny", 3), ("ask nobody", 3),
    ];
}
