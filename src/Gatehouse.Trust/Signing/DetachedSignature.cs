using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>Verifies what <c>openssl dgst -sha256 -sign</c> makes: ECDSA on P-256, or RSA with PKCS #1 or PSS padding.</summary>
public sealed class DetachedSignature : IDisposable
{
    private const int SmallestRsa = 2048;
    private const int LargestFile = 64 * 1024;

    private readonly AsymmetricAlgorithm _key;
    private readonly byte[] _signature;
    private readonly string _path;

    private DetachedSignature(AsymmetricAlgorithm key, byte[] signature, string path)
    {
        _key = key;
        _signature = signature;
        _path = path;
        Fingerprint = OwnerKey.FingerprintOf(key);
    }

    /// <summary>SHA-256 of the public key.</summary>
    public TrustDigest Fingerprint { get; }

    /// <summary>Reads a signature and the public key that it is to be verified with.</summary>
    /// <exception cref="TrustRefusedException">One of them cannot be read, or the key is of no kind that is accepted.</exception>
    public static DetachedSignature Read(string signaturePath, string publicKeyPath)
    {
        try
        {
            var signature = ReadSmall(signaturePath);
            var pem = System.Text.Encoding.UTF8.GetString(ReadSmall(publicKeyPath));
            return new DetachedSignature(Import(publicKeyPath, pem), signature, signaturePath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustRefusedException($"the signature cannot be verified: {e.Message}", e);
        }
    }

    /// <summary>Verifies it over content with this SHA-256.</summary>
    /// <exception cref="TrustRefusedException">It is not the key's signature of that.</exception>
    public void Verify(TrustDigest digest, string file)
    {
        var hash = new byte[TrustDigest.Length];
        digest.CopyTo(hash);
        var verified = _key switch
        {
            ECDsa ec => ec.VerifyHash(hash, _signature, DSASignatureFormat.Rfc3279DerSequence),
            RSA rsa => rsa.VerifyHash(hash, _signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) || RsaPss.Verifies(rsa, hash, _signature),
            _ => false,
        };
        if (!verified)
        {
            throw new TrustRefusedException($"{_path} is not a SHA-256 signature of {file} by that key; nothing was recorded");
        }
    }

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();

    private static byte[] ReadSmall(string path)
    {
        using var stream = File.OpenRead(path);
        return stream.Length <= LargestFile ? File.ReadAllBytes(path) : throw new IOException($"{path} is larger than {LargestFile} bytes");
    }

    private static AsymmetricAlgorithm Import(string path, string pem)
    {
        var ec = ECDsa.Create();
        try
        {
            ec.ImportFromPem(pem);
            return OwnerKey.IsP256(ec) ? ec : throw new TrustRefusedException($"{path} is a key on another curve than P-256 (prime256v1)");
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            ec.Dispose();
        }

        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            throw new TrustRefusedException($"{path} is no PEM with an ECDSA or RSA public key: {e.Message}", e);
        }

        return rsa.KeySize >= SmallestRsa ? rsa : throw new TrustRefusedException($"{path} is an RSA key of {rsa.KeySize} bits; {SmallestRsa} are the least");
    }
}
