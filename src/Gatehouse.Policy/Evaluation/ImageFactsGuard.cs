using System.Security.Cryptography;

namespace Gatehouse.Policy;

/// <summary>Checks that both evaluators make.</summary>
internal static class ImageFactsGuard
{
    public static void RequireSha256(byte[] sha256)
    {
        if (sha256.Length != SHA256.HashSizeInBytes)
        {
            throw new ArgumentException($"A SHA-256 has 32 bytes, this one has {sha256.Length}.", nameof(sha256));
        }
    }
}
