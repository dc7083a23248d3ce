using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary>What <c>trust list --json</c> and <c>trust export --format json</c> print.</summary>
internal sealed record TrustListing(ulong Counter, bool SignatureVerified, IReadOnlyList<TrustListedEntry> Entries)
{
    public static TrustListing Of(TrustReading reading, IEnumerable<TrustEntry> entries) =>
        new(reading.Database.Counter, reading.IsSigned, [.. entries.Select(TrustListedEntry.Of)]);
}

internal sealed record TrustListedEntry(
    string Path, string Kind, string Source, string Digest, long? Size, string? Package, string? Version, string? SignerKey)
{
    public static TrustListedEntry Of(TrustEntry e) => new(
        e.Path, TrustWords.Of(e.Kind), TrustWords.Of(e.Source), e.Digest.ToString(), e.Size, e.Origin.Package, e.Origin.Version, e.Origin.SignerKey);
}

/// <summary>What <c>trust scan --json</c> and <c>trust update --json</c> print.</summary>
internal sealed record TrustScanned(
    ulong Counter, int Entries, int Packages, int Files, long Bytes, IReadOnlyList<TrustScanFinding> Findings)
{
    /// <summary>Packages that an update found gone.</summary>
    public int RemovedPackages { get; init; }

    /// <summary>Digests recorded by this scan; the others were there before.</summary>
    public int Recorded { get; init; }

    public static TrustScanned Of(TrustDatabase database, ScanResult scanned) => new(
        database.Counter,
        database.Entries.Length,
        scanned.State.Packages.Count,
        scanned.Files,
        scanned.Bytes,
        [.. scanned.Findings.Select(static f => new TrustScanFinding(Word(f.Problem), f.Path, f.Package, f.Detail))])
    {
        Recorded = scanned.Entries.Count,
    };

    public static TrustScanned Unchanged(TrustDatabase database) => new(database.Counter, database.Entries.Length, 0, 0, 0, []);

    private static string Word(ScanProblem problem) => problem switch
    {
        ScanProblem.Changed => "changed",
        ScanProblem.NoReference => "no-reference",
        ScanProblem.NotUnpacked => "not-unpacked",
        _ => "unreadable",
    };
}

internal sealed record TrustScanFinding(string Problem, string Path, string Package, string Detail);

/// <summary>What <c>trust verify --json</c> prints.</summary>
internal sealed record TrustVerified(ulong Counter, int Entries, IReadOnlyList<TrustDifference> Differences)
{
    public static TrustVerified Of(TrustDatabase database, IReadOnlyList<VerifyFinding> findings) => new(
        database.Counter, database.Entries.Length, [.. findings.Select(static f => new TrustDifference(Word(f.Problem), f.Path, f.Origin, f.Detail))]);

    public static string Word(VerifyProblem problem) => problem switch
    {
        VerifyProblem.Changed => "changed",
        VerifyProblem.Missing => "missing",
        VerifyProblem.Unrecorded => "unrecorded",
        _ => "unreadable",
    };
}

internal sealed record TrustDifference(string Problem, string Path, string Origin, string Detail);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrustListing))]
[JsonSerializable(typeof(TrustScanned))]
[JsonSerializable(typeof(TrustVerified))]
internal sealed partial class TrustJson : JsonSerializerContext;
