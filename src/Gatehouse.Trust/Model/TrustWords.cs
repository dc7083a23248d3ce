namespace Gatehouse.Trust;

/// <summary>How sources and kinds are spelled, in the file and in what commands print.</summary>
public static class TrustWords
{
    /// <summary>The sources that an entry can have, the strongest last.</summary>
    public static IReadOnlyList<TrustSource> Sources { get; } = [TrustSource.Baseline, TrustSource.Package, TrustSource.Signer];

    /// <summary>The kinds of digests.</summary>
    public static IReadOnlyList<DigestKind> Kinds { get; } = [DigestKind.Content, DigestKind.Unpacked, DigestKind.FsVerity];

    /// <summary>The word for a source.</summary>
    public static string Of(TrustSource source) => source switch
    {
        TrustSource.Package => "package",
        TrustSource.Baseline => "baseline",
        TrustSource.Signer => "signer",
        _ => "none",
    };

    /// <summary>The word for a kind of digest.</summary>
    public static string Of(DigestKind kind) => kind switch
    {
        DigestKind.Content => "content",
        DigestKind.Unpacked => "unpacked",
        _ => "fs-verity",
    };
}
