using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Trust.Tests.Fakes;

/// <summary>Entries to fill databases with.</summary>
internal static class Entries
{
    public static TrustDigest Digest(string of) => new(SHA256.HashData(Encoding.UTF8.GetBytes(of)));

    public static TrustEntry Package(string path, string of = "x", string package = "p", string version = "1") =>
        new(path, DigestKind.Content, Digest(of), 7, TrustOrigin.OfPackage(package, version));

    public static TrustEntry Baseline(string path, string of = "x", DigestKind kind = DigestKind.Content) =>
        new(path, kind, Digest(of), kind == DigestKind.FsVerity ? null : 9, TrustOrigin.Baseline);

    public static TrustEntry Signer(string path, string of = "x") =>
        new(path, DigestKind.Content, Digest(of), 0, TrustOrigin.OfSigner(Digest("key")));
}
