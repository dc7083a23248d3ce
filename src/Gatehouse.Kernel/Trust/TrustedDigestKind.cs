namespace Gatehouse.Kernel;

/// <summary>What a digest is made of. The two kinds must not be compared with each other.</summary>
/// <remarks>
/// An fs-verity digest is the SHA-256 of a small descriptor. A file that has these bytes as its content would have the same
/// number as content digest, without being what the descriptor describes.
/// </remarks>
public enum TrustedDigestKind
{
    /// <summary>SHA-256 of the bytes that are loaded.</summary>
    Content = 0,

    /// <summary>The digest that fs-verity keeps for the file.</summary>
    FsVerity = 1,
}
