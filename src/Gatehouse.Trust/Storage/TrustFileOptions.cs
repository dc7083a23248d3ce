namespace Gatehouse.Trust;

/// <summary>Where a database is, and who may sign it.</summary>
public sealed record TrustFileOptions
{
    /// <summary>Where the database is unless told otherwise.</summary>
    public const string DefaultPath = "/var/lib/gatehouse/trust.db";

    /// <summary>Where the owner's public key is unless told otherwise.</summary>
    public const string DefaultOwnerKeyPath = "/etc/gatehouse/owner.pub";

    /// <summary>The database; the signature, the mark and the lock stand beside it.</summary>
    public required string Path { get; init; }

    /// <summary>The owner's public key (PEM). If it is there, only what it verifies is read.</summary>
    public required string OwnerKeyPath { get; init; }

    /// <summary>Writes a directory to the disk, so that a rename outlives a power cut.</summary>
    public required Action<string> FlushDirectory { get; init; }
}
