using Gatehouse.Kernel;
using Gatehouse.Trust;

namespace Gatehouse.Agent.Trust;

/// <summary>The digests of an index as the kernel side takes them.</summary>
internal static class TrustedDigests
{
    public static IReadOnlyCollection<TrustedDigest> Of(TrustIndex index)
    {
        var count = index.Content.Count + index.FsVerity.Count;
        var digests = new List<TrustedDigest>(count);

        // One array for all: a hundred thousand small ones would be as many objects.
        var bytes = new byte[count * TrustDigest.Length];
        foreach (var (kind, sources) in new[] { (TrustedDigestKind.Content, index.Content), (TrustedDigestKind.FsVerity, index.FsVerity) })
        {
            foreach (var (digest, source) in sources)
            {
                var place = bytes.AsMemory(digests.Count * TrustDigest.Length, TrustDigest.Length);
                digest.CopyTo(place.Span);
                digests.Add(new TrustedDigest(place, kind, Of(source)));
            }
        }

        return digests;
    }

    private static Kernel.TrustSource Of(Gatehouse.Trust.TrustSource source) => source switch
    {
        Gatehouse.Trust.TrustSource.Package => Kernel.TrustSource.Package,
        Gatehouse.Trust.TrustSource.Baseline => Kernel.TrustSource.Baseline,
        Gatehouse.Trust.TrustSource.Signer => Kernel.TrustSource.Signer,
        _ => Kernel.TrustSource.None,
    };
}
