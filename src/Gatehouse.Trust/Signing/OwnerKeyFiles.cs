using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Trust;

/// <summary>Makes the owner's key: a private half that stays off the host, and a public one that goes there.</summary>
public static class OwnerKeyFiles
{
    private const UnixFileMode PublicMode = AtomicFile.Mode | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Where the public half of a private key is written.</summary>
    public static string PublicPathOf(string privatePath) => privatePath + ".pub";

    /// <summary>
    /// Makes a key on P-256 and writes both halves as PEM: PKCS #8, not encrypted, mode 0600; and SubjectPublicKeyInfo, mode 0644.
    /// </summary>
    /// <param name="privatePath">Where the private half goes.</param>
    /// <returns>SHA-256 of the SubjectPublicKeyInfo.</returns>
    /// <exception cref="IOException">One of the files is there already, or cannot be written. Nothing new is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static TrustDigest Create(string privatePath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var secret = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");
        try
        {
            Write(privatePath, secret, AtomicFile.Mode);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }

        try
        {
            Write(PublicPathOf(privatePath), Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n"), PublicMode);
        }
        catch
        {
            // Without its public half the key is of no use, and the next try would find it in its way.
            File.Delete(privatePath);
            throw;
        }

        return OwnerKey.FingerprintOf(key);
    }

    // Never over something: the file that is there may be the only copy of a key.
    private static void Write(string path, byte[] bytes, UnixFileMode mode)
    {
        using var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        try
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
