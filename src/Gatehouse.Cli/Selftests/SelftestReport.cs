using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Cli.Selftests;

/// <summary>What <c>gatehouse selftest --json</c> prints.</summary>
/// <param name="Ok">Whether all that must be refused was refused, and something was.</param>
/// <param name="Kernel">Release of the running kernel.</param>
/// <param name="Sealed">Whether the host is sealed.</param>
/// <param name="Refused">How many ways were refused.</param>
/// <param name="LetThrough">How many went through or did harm.</param>
/// <param name="Unknown">Of how many nobody knows.</param>
/// <param name="NotRefusable">How many this kernel or configuration cannot refuse.</param>
/// <param name="NotTested">How many do not work here on what is not protected either.</param>
/// <param name="Ways">Each way.</param>
internal sealed record SelftestReport(
    bool Ok,
    string Kernel,
    bool Sealed,
    int Refused,
    int LetThrough,
    int Unknown,
    int NotRefusable,
    int NotTested,
    IReadOnlyList<WayReport> Ways)
{
    public static SelftestReport Of(IReadOnlyList<WayResult> results, AgentStatus status, bool isSealed)
    {
        int Count(WayOutcome outcome) => results.Count(r => r.Outcome == outcome);
        return new SelftestReport(
            IsOk(results),
            status.KernelRelease,
            isSealed,
            Count(WayOutcome.Refused),
            Count(WayOutcome.LetThrough),
            Count(WayOutcome.Unknown),
            Count(WayOutcome.NotRefusable),
            Count(WayOutcome.NotTested),
            [.. results.Select(static r => WayReport.Of(r.Way) with { Outcome = Word(r.Outcome), Why = r.Why })]);
    }

    /// <summary>Nothing was let through, and not everything was left untested.</summary>
    public static bool IsOk(IReadOnlyList<WayResult> results) =>
        !results.Any(static r => r.IsFailure) && results.Any(static r => r.Outcome is WayOutcome.Refused or WayOutcome.NotRefusable);

    /// <summary>For people.</summary>
    public static Report Describe(IReadOnlyList<WayResult> results)
    {
        var report = new Report().Table(
            ["WAY", "CLASS", "ATT&CK", "RESULT", "WHY"],
            results.Select(static r => (IReadOnlyList<Piece>)
                [r.Way.Name, Selftests.Ways.Word(r.Way.Class), r.Way.Technique, (Text(r.Outcome), ToneOf(r.Outcome)), r.Why]));
        var counts = Enum.GetValues<WayOutcome>()
            .Select(o => (Outcome: o, Count: results.Count(r => r.Outcome == o)))
            .Where(static c => c.Count > 0)
            .Select(static c => $"{c.Count} {Text(c.Outcome)}");
        return report.Line(
            ($"{results.Count} ways: ", Tone.Plain), (string.Join(", ", counts), IsOk(results) ? Tone.Good : Tone.Bad));
    }

    /// <summary>The ways themselves, for people.</summary>
    public static Report Describe(IReadOnlyList<Way> ways) => new Report()
        .Table(
            ["WAY", "CLASS", "ATT&CK", "WHAT IT TRIES"],
            ways.Select(static w => (IReadOnlyList<Piece>)[w.Name, Selftests.Ways.Word(w.Class), w.Technique, w.Summary]))
        .Line($"{ways.Count} ways");

    private static string Word(WayOutcome outcome) => JsonNamingPolicy.KebabCaseLower.ConvertName(outcome.ToString());

    private static string Text(WayOutcome outcome) => outcome switch
    {
        WayOutcome.LetThrough => "LET THROUGH",
        WayOutcome.Unknown => "UNKNOWN",
        WayOutcome.NotRefusable => "not refusable",
        WayOutcome.NotTested => "not tested",
        _ => "refused",
    };

    private static Tone ToneOf(WayOutcome outcome) => outcome switch
    {
        WayOutcome.Refused => Tone.Good,
        WayOutcome.LetThrough or WayOutcome.Unknown => Tone.Bad,
        _ => Tone.Warning,
    };
}

/// <summary>One way.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Class">process, image, memory or tamper.</param>
/// <param name="Technique">ATT&amp;CK technique.</param>
/// <param name="Tries">What it does.</param>
/// <param name="Right">The right that it uses, of class process.</param>
/// <param name="Outcome">refused, let-through, unknown, not-refusable or not-tested; absent if it was not tried.</param>
/// <param name="Why">The reason, for people.</param>
internal sealed record WayReport(string Name, string Class, string Technique, string Tries, string? Right, string? Outcome, string? Why)
{
    public static WayReport Of(Way way) => new(way.Name, Selftests.Ways.Word(way.Class), way.Technique, way.Summary, way.Right, Outcome: null, Why: null);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SelftestReport))]
[JsonSerializable(typeof(IReadOnlyList<WayReport>))]
internal sealed partial class SelftestJson : JsonSerializerContext;
