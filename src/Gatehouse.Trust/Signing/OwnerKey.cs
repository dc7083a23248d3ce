using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>The owner's public key: ECDSA on P-256.</summary>
public sealed class OwnerKey : IDisposable
{
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly ECDsa _key;

    private OwnerKey(ECDsa key)
    {
        _key = key;
        Fingerprint = FingerprintOf(key);
    }

    /// <summary>SHA-256 of the key's SubjectPublicKeyInfo.</summary>
    public TrustDigest Fingerprint { get; }

    /// <summary>Reads it; null if there is no file.</summary>
    /// <exception cref="TrustRefusedException">There is one that cannot be used. Closed: else damaging it would end the need to sign.</exception>
    public static OwnerKey? Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustRefusedException($"{path} cannot be read, so that nothing can be verified and nothing is trusted: {e.Message}", e);
        }

        return new OwnerKey(Import(path, text));
    }

    /// <summary>Reads the private key, unencrypted.</summary>
    /// <exception cref="TrustRefusedException">It cannot be read, or is no private key on P-256.</exception>
    public static ECDsa ReadPrivate(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustRefusedException($"{path} cannot be read: {e.Message}", e);
        }

        var key = Import(path, text);
        if (CanSign(key))
        {
            return key;
        }

        key.Dispose();
        throw new TrustRefusedException($"{path} is a public key; the private one is needed to sign");
    }

    /// <summary>SHA-256 of a key's SubjectPublicKeyInfo.</summary>
    public static TrustDigest FingerprintOf(AsymmetricAlgorithm key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new TrustDigest(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>Reads a key, public or private, to tell it from others.</summary>
    /// <returns>SHA-256 of its SubjectPublicKeyInfo, the same for both halves, and whether it can sign.</returns>
    /// <exception cref="TrustRefusedException">It cannot be read, or is no key on P-256.</exception>
    public static (TrustDigest Fingerprint, bool IsPrivate) Identify(string path)
    {
        using var owner = Read(path) ?? throw new TrustRefusedException($"{path} cannot be read: there is no such file");
        return (owner.Fingerprint, CanSign(owner._key));
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();

    internal static byte[] Sign(ECDsa key, byte[] bytes) =>
        key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    internal static bool IsP256(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true, Oid.Value: P256 };

    internal bool Verifies(byte[] bytes, byte[] signature) =>
        _key.VerifyData(bytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>Verifies r and s of 32 bytes each, which has one encoding where DER has several.</summary>
    internal bool VerifiesFixed(byte[] bytes, byte[] signature) =>
        _key.VerifyData(bytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static bool CanSign(ECDsa key)
    {
        try
        {
            _ = key.SignHash(new byte[TrustDigest.Length]);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static ECDsa Import(string path, string text)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text);
            if (IsP256(key))
            {
                return key;
            }
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new TrustRefusedException(
                $"{path} is no PEM with an unencrypted ECDSA key (gatehouse key new): {e.Message}", e);
        }

        key.Dispose();
        throw new TrustRefusedException($"{path} is a key on another curve than P-256 (prime256v1)");
    }
}
