namespace Gatehouse.Trust;

/// <summary>A database that was read and may be believed.</summary>
/// <param name="Database">What is trusted.</param>
/// <param name="Exists">Whether there is a file; if not, nothing is trusted.</param>
/// <param name="OwnerKey">SHA-256 of the owner's public key, which has verified the signature; null if there is no such key.</param>
/// <param name="Mark">The file that was read, for <see cref="TrustDatabaseFile.Read"/> later; null without a signature.</param>
public sealed record TrustReading(TrustDatabase Database, bool Exists, TrustDigest? OwnerKey, TrustMark? Mark)
{
    /// <summary>Whether the owner's signature was there and right.</summary>
    public bool IsSigned => Mark is not null;
}
