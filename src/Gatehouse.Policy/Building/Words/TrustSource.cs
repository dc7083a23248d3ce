namespace Gatehouse.Policy;

/// <summary>Who vouches for a content.</summary>
public enum TrustSource
{
    /// <summary><c>none</c>: nobody.</summary>
    None = 1,

    /// <summary><c>package</c>: the package database.</summary>
    Package = 2,

    /// <summary><c>baseline</c>: the owner, who recorded what was there.</summary>
    Baseline = 3,

    /// <summary><c>signer</c>: a signature by a key that the owner trusts.</summary>
    Signer = 4,
}
