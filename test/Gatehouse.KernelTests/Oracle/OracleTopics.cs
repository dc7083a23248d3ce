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

    /// <summary>How often a case must have been about one of these; a run goes on until it was.</summary>
    public static IReadOnlyList<(string[] Topics, int AtLeast)> Demands { get; } =
    [
        (["image.trust"], 15), (["image.mountFlags"], 15), (["image.verityDigest", "image.ownerGid", "\"library\""], 5),
        (["image.writers", "image.unlinked", "image.memfd", "image.overlayUpper"], 3),
        (["image.setuid", "image.setgid", "image.groupWritable", "image.worldWritable"], 2),
        (["map"], 50), (["share"], 20), (["protect"], 50), (["map unlinked", "share unlinked", "protect unlinked"], 20),
        (["map refused", "share refused", "protect refused"], 5), (["ask Allow", "ask Deny", "ask nobody"], 5),
    ];
}
