namespace Gatehouse.Trust;

/// <summary>From a digest to the strongest source that names it: what the kernel side is loaded with.</summary>
public sealed class TrustIndex
{
    private readonly Dictionary<TrustDigest, TrustSource> _content = [];
    private readonly Dictionary<TrustDigest, TrustSource> _verity = [];

    private TrustIndex()
    {
    }

    /// <summary>Digests of contents: of files, and of modules in compressed files.</summary>
    public IReadOnlyDictionary<TrustDigest, TrustSource> Content => _content;

    /// <summary>Digests of fs-verity.</summary>
    public IReadOnlyDictionary<TrustDigest, TrustSource> FsVerity => _verity;

    /// <summary>Looks through all entries.</summary>
    public static TrustIndex Of(TrustDatabase database)
    {
        ArgumentNullException.ThrowIfNull(database);
        var index = new TrustIndex();
        index._content.EnsureCapacity(database.Entries.Length);
        foreach (var entry in database.Entries)
        {
            var digests = entry.Kind == DigestKind.FsVerity ? index._verity : index._content;
            ref var source = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(digests, entry.Digest, out _);
            source = Stronger(source, entry.Source);
        }

        return index;
    }

    /// <summary>Signer over package over baseline: a signature binds to a key, a package to its archive, a baseline to a moment.</summary>
    public static TrustSource Stronger(TrustSource one, TrustSource other) => Strength(one) >= Strength(other) ? one : other;

    private static int Strength(TrustSource source) => source switch
    {
        TrustSource.Signer => 3,
        TrustSource.Package => 2,
        TrustSource.Baseline => 1,
        _ => 0,
    };
}
