namespace Gatehouse.Trust;

/// <summary>Where an entry comes from, beside its source. Many entries share one.</summary>
public sealed record TrustOrigin
{
    private TrustOrigin(TrustSource source, string? package, string? version, string? signerKey)
    {
        Source = source;
        Package = package;
        Version = version;
        SignerKey = signerKey;
    }

    /// <summary>Recorded by hand.</summary>
    public static TrustOrigin Baseline { get; } = new(TrustSource.Baseline, null, null, null);

    /// <summary>Who says so.</summary>
    public TrustSource Source { get; }

    /// <summary>The package as its database calls it, with <c>package</c>.</summary>
    public string? Package { get; }

    /// <summary>The package's version, with <c>package</c>.</summary>
    public string? Version { get; }

    /// <summary>SHA-256 of the public key (its SubjectPublicKeyInfo), 64 hexadecimal digits, with <c>signer</c>.</summary>
    public string? SignerKey { get; }

    /// <summary>A file of a package.</summary>
    /// <exception cref="ArgumentException">A name or version that cannot be written in one word.</exception>
    public static TrustOrigin OfPackage(string name, string version)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(version);
        return IsWord(name) && !name.Contains('=', StringComparison.Ordinal) && IsWord(version)
            ? new TrustOrigin(TrustSource.Package, name, version, null)
            : throw new ArgumentException($"not the name and version of a package: \"{name}\" \"{version}\"", nameof(name));
    }

    /// <summary>A file with a verified signature.</summary>
    public static TrustOrigin OfSigner(TrustDigest key) => new(TrustSource.Signer, null, null, key.ToString());

    /// <summary>As the file spells it: <c>-</c>, <c>name=version</c> or <c>key=digits</c>.</summary>
    public override string ToString() => Source switch
    {
        TrustSource.Package => $"{Package}={Version}",
        TrustSource.Signer => "key=" + SignerKey,
        _ => "-",
    };

    /// <summary>Reads what <see cref="ToString"/> writes; null if it is nothing of the kind.</summary>
    internal static TrustOrigin? Parse(TrustSource source, string text)
    {
        var split = text.IndexOf('=', StringComparison.Ordinal);
        switch (source)
        {
            case TrustSource.Package:
                return split > 0 && IsWord(text[..split]) && IsWord(text[(split + 1)..]) ? OfPackage(text[..split], text[(split + 1)..]) : null;
            case TrustSource.Signer:
                return text.StartsWith("key=", StringComparison.Ordinal) && TrustDigest.TryParse(text.AsSpan(4), out var key) ? OfSigner(key) : null;
            default:
                return string.Equals(text, "-", StringComparison.Ordinal) ? Baseline : null;
        }
    }

    // Printable ASCII without blanks: what every package database that we know of uses.
    private static bool IsWord(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
