namespace Gatehouse.KernelTests.Oracle;

/// <summary>What must have been decided about for the agreement to say something.</summary>
internal static class OracleTopics
{
    /// <summary>The ways of loading, as the driver calls them.</summary>
    public static readonly IReadOnlyList<string> Loads = ["map", "share", "protect", "map unlinked", "share unlinked", "protect unlinked"];

    /// <summary>A rule that asks decided: by what its client had said, or because it had said nothing.</summary>
    public static readonly IReadOnlyList<string> Asked = ["ask Allow", "ask Deny", "ask nobody"];

    /// <summary>Facts that rules which decide test; each has this text in its condition.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "image.trust", "image.verityDigest", "image.mountFlags", "image.writers", "image.unlinked", "image.memfd", "image.setuid", "image.setgid",
        "image.groupWritable", "image.worldWritable", "image.overlayUpper", "image.ownerGid", "\"library\"", "image.sha256",
    ];
}
