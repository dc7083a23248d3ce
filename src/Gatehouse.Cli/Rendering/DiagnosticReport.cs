using Gatehouse.Sdk.Policies;

namespace Gatehouse.Cli.Rendering;

/// <summary>Findings in policies, each with its place, the line and a mark below it.</summary>
internal static class DiagnosticReport
{
    /// <param name="diagnostics">The findings.</param>
    /// <param name="sources">Texts by file name; a finding in another file is shown without its line.</param>
    public static Report Of(IReadOnlyList<PolicyDiagnostic> diagnostics, IReadOnlyDictionary<string, string>? sources)
    {
        var report = new Report();
        foreach (var diagnostic in diagnostics)
        {
            var layout = DiagnosticText.Layout(diagnostic, sources?.GetValueOrDefault(diagnostic.File));
            var tone = string.Equals(diagnostic.Severity, "error", StringComparison.Ordinal) ? Tone.Bad : Tone.Warning;
            report.Line(
                (layout.Location, Tone.Strong),
                ": ",
                ($"{diagnostic.Severity} {diagnostic.Code}", tone),
                $": {diagnostic.Message}");
            if (layout is { SourceLine: { } line, Mark: { } mark })
            {
                report.Line("    " + line).Line("    ", (mark, tone));
            }

            if (diagnostic.Suggestion is { } suggestion)
            {
                report.Line(("    suggestion: ", Tone.Good), suggestion);
            }
        }

        return report;
    }
}
