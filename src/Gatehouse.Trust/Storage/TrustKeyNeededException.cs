namespace Gatehouse.Trust;

/// <summary>The database is signed by its owner, and the private key was not given. It is unchanged.</summary>
public sealed class TrustKeyNeededException(string message) : TrustRefusedException(message);
