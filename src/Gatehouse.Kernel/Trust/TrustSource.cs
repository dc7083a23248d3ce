namespace Gatehouse.Kernel;

/// <summary>Who says that an image is known. The numbers are those of the kernel side and no order of strength.</summary>
public enum TrustSource
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>The package database owns the file.</summary>
    Package = 1,

    /// <summary>The owner recorded it by hand.</summary>
    Baseline = 2,

    /// <summary>A signature over it was verified.</summary>
    Signer = 3,
}
