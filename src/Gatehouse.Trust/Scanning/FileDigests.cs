namespace Gatehouse.Trust;

/// <summary>What was found in a file.</summary>
internal sealed record FileDigests
{
    public ImageForm Form { get; init; }

    public TrustDigest Content { get; init; }

    public long Size { get; init; }

    /// <summary>The digest by the algorithm of the package database; null if none was asked for.</summary>
    public string? Reference { get; init; }

    /// <summary>The module in a compressed file.</summary>
    public TrustDigest? Unpacked { get; init; }

    public long UnpackedSize { get; init; }

    /// <summary>Why there is no <see cref="Unpacked"/> in a compressed module.</summary>
    public string? UnpackProblem { get; init; }

    public TrustDigest? FsVerity { get; init; }

    /// <summary>Why nothing is known of the file.</summary>
    public string? Problem { get; init; }
}
