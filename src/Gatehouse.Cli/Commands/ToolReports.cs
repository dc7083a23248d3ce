using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Cli.Commands;

/// <summary>What <c>gatehouse policy test --json</c> prints.</summary>
internal sealed record CasesReport(
    bool Ok, int Passed, int Failed, IReadOnlyList<CaseReport> Cases, IReadOnlyList<PolicyDiagnostic> Diagnostics);

/// <summary>One case and how it ended.</summary>
internal sealed record CaseReport(
    string File, int Line, string Name, bool Passed, string Expected, string? ExpectedRule, string Actual, string? Rule, string? Disagreement)
{
    public static CaseReport Of(PolicyCaseResult result) => new(
        result.Case.Span.File,
        result.Case.Span.StartLine,
        result.Case.Name,
        result.Passed,
        Word(result.Case.Expected),
        result.Case.Rule,
        Word(result.Actual),
        result.Rule,
        result.Disagreement);

    public static string Word(CaseVerdict verdict) => verdict.ToString().ToLowerInvariant();
}

/// <summary>What <c>gatehouse policy diff --json</c> prints.</summary>
internal sealed record DiffReport(bool Same, IReadOnlyList<ChangeReport> Changes);

/// <summary>One difference.</summary>
internal sealed record ChangeReport(
    string Kind,
    string Policy,
    string? Rule,
    string? Key,
    string? Before,
    string? After,
    IReadOnlyList<string>? ValuesAdded,
    IReadOnlyList<string>? ValuesRemoved)
{
    public static ChangeReport Of(PolicyChange change) => new(
        JsonNamingPolicy.KebabCaseLower.ConvertName(change.Kind.ToString()),
        change.Policy,
        change.Rule,
        change.Key,
        change.Before,
        change.After,
        change.ValuesAdded.IsEmpty ? null : change.ValuesAdded,
        change.ValuesRemoved.IsEmpty ? null : change.ValuesRemoved);
}

/// <summary>What <c>gatehouse policy replay --json</c> prints.</summary>
internal sealed record ReplayReport(
    int Events,
    int Judged,
    IReadOnlyList<ReplayRule> Rules,
    UnjudgedReport Unjudged,
    IReadOnlyList<ReplayDifference> Differences,
    ulong Lost,
    IReadOnlyList<LineProblem> MalformedLines);

/// <summary>What one rule would have done. Verdict: deny, kill or audit.</summary>
internal sealed record ReplayRule(string Policy, string Rule, string Verdict, int Count, string FirstExample, string FirstTime);

/// <summary>How many events could not be judged, and for the lack of which facts (an event may lack several).</summary>
internal sealed record UnjudgedReport(int Count, IReadOnlyDictionary<string, int> MissingFacts);

/// <summary>Events whose verdict would have been another than the recorded one.</summary>
internal sealed record ReplayDifference(string Recorded, string Now, int Count, string FirstExample);

/// <summary>A line that is no record.</summary>
internal sealed record LineProblem(int Line, string Problem);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CasesReport))]
[JsonSerializable(typeof(DiffReport))]
[JsonSerializable(typeof(ExplainReport))]
[JsonSerializable(typeof(ReplayReport))]
internal sealed partial class ToolJson : JsonSerializerContext;
