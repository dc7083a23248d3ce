using System.Globalization;
using System.Text;

namespace Gatehouse.Sdk.Policies;

/// <summary>A finding laid out for people: where and what, the line of the text, a mark below it, and what to write instead.</summary>
/// <param name="Location">File, line and column, as editors understand them.</param>
/// <param name="SourceLine">The line of the text, or null if the text is not at hand.</param>
/// <param name="Mark">Blanks and carets that stand below <paramref name="SourceLine"/>; null with it.</param>
public sealed record DiagnosticText(string Location, string? SourceLine, string? Mark)
{
    private const int LongestLine = 160;

    /// <summary>Lays out a finding.</summary>
    /// <param name="diagnostic">The finding.</param>
    /// <param name="source">The whole text of the file, or null.</param>
    public static DiagnosticText Layout(PolicyDiagnostic diagnostic, string? source)
    {
        ArgumentNullException.ThrowIfNull(diagnostic);
        var location = diagnostic.Line > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{diagnostic.File}:{diagnostic.Line}:{diagnostic.Column}")
            : diagnostic.File;
        if (source is null || LineAt(source, diagnostic.Line) is not { } line || line.Length is 0 or > LongestLine)
        {
            return new DiagnosticText(location, null, null);
        }

        var start = Math.Clamp(diagnostic.Column - 1, 0, line.Length);
        var end = diagnostic.EndLine == diagnostic.Line ? Math.Clamp(diagnostic.EndColumn - 1, start, line.Length) : line.Length;
        return new DiagnosticText(location, Printable(line), new string(' ', start) + new string('^', Math.Max(1, end - start)));
    }

    /// <summary>The finding as lines of plain text.</summary>
    /// <param name="diagnostic">The finding.</param>
    /// <param name="source">The whole text of the file, or null.</param>
    public static string Render(PolicyDiagnostic diagnostic, string? source)
    {
        var layout = Layout(diagnostic, source);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{layout.Location}: {diagnostic.Severity} {diagnostic.Code}: {diagnostic.Message}");
        if (layout.SourceLine is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n    {layout.SourceLine}\n    {layout.Mark}");
        }

        if (diagnostic.Suggestion is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n    suggestion: {diagnostic.Suggestion}");
        }

        return text.ToString();
    }

    private static string? LineAt(string source, int number)
    {
        var start = 0;
        for (var line = 1; line < number; line++)
        {
            start = source.IndexOf('\n', start) + 1;
            if (start == 0)
            {
                return null;
            }
        }

        var end = source.IndexOf('\n', start);
        return number < 1 ? null : source[start..(end < 0 ? source.Length : end)].TrimEnd('\r');
    }

    // A policy file may come from anybody: its control characters must not reach a terminal. One character stays one, so
    // that the mark stands right.
    private static string Printable(string line) =>
        string.Create(line.Length, line, static (span, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                span[i] = char.IsControl(from[i]) ? ' ' : from[i];
            }
        });
}
