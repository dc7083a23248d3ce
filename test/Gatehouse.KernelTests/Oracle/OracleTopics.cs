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

    /// <summary>Of so many cases one must be about this; far fewer are in most runs.</summary>
    public static IReadOnlyList<(string Topic, int Share)> Shares { get; } = [];
}
