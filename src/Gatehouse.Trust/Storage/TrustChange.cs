using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>A change of the database, which nobody else can change meanwhile. Disposing it without <see cref="Commit"/> changes nothing.</summary>
public sealed class TrustChange : IDisposable
{
    private readonly TrustDatabaseFile _file;
    private readonly TrustReading? _reading;
    private readonly FileStream _lock;

    internal TrustChange(TrustDatabaseFile file, TrustReading? reading, FileStream gate)
    {
        _file = file;
        _reading = reading;
        _lock = gate;
    }

    /// <summary>What is there; empty for a fresh start.</summary>
    public TrustDatabase Current => _reading?.Database ?? TrustDatabase.Empty;

    /// <summary>Whether there is a database that was read.</summary>
    public bool Exists => _reading?.Exists ?? false;

    /// <summary>Finds out before the work whether <see cref="Commit"/> may succeed.</summary>
    /// <param name="key">The owner's private key, or null.</param>
    /// <exception cref="TrustKeyNeededException">The owner's public key is there, and no private key was given.</exception>
    /// <exception cref="TrustRefusedException">The private key is not the owner's, or of another kind than ECDSA P-256.</exception>
    public void CheckKey(ECDsa? key)
    {
        using var owner = OwnerKey.Read(_file.Options.OwnerKeyPath);
        if (owner is null)
        {
            return;
        }

        if (key is null)
        {
            throw new TrustKeyNeededException(
                $"{_file.Options.OwnerKeyPath} says that the database is signed by its owner: --key FILE names the private key");
        }

        if (owner.Fingerprint != OwnerKey.FingerprintOf(key))
        {
            throw new TrustRefusedException($"the key given is not the one that {_file.Options.OwnerKeyPath} belongs to; nothing was changed");
        }
    }

    /// <summary>Writes a new database in place of the present one, by one rename.</summary>
    /// <param name="entries">All entries, in any order.</param>
    /// <param name="key">Signs it.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="TrustRefusedException">See <see cref="CheckKey"/>; or it could not be written, and the present one stays.</exception>
    public TrustDatabase Commit(IEnumerable<TrustEntry> entries, ECDsa? key)
    {
        CheckKey(key);
        var path = _file.Options.Path;
        try
        {
            var database = TrustDatabase.Create(_file.NextCounter(_reading), entries);
            var bytes = TrustWriter.Write(database);
            AtomicFile.Prepare(path, bytes);
            if (key is not null)
            {
                AtomicFile.Prepare(_file.SignaturePath, OwnerKey.Sign(key, bytes));
            }

            AtomicFile.Commit(path);
            if (key is not null)
            {
                AtomicFile.Commit(_file.SignaturePath);
            }
            else
            {
                File.Delete(_file.SignaturePath);
            }

            _file.Options.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _file.Remember(_file.Read());
            return database;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustRefusedException($"{path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Lets others change it.</summary>
    public void Dispose() => _lock.Dispose();
}
