namespace Gatehouse.Trust;

/// <summary>Who says that an image is known.</summary>
public enum TrustSource
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>The package database owns the file, and its content is what the package brought.</summary>
    Package,

    /// <summary>The owner recorded it by hand.</summary>
    Baseline,

    /// <summary>A signature over it was verified with a key that the owner named.</summary>
    Signer,
}
