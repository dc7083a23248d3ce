namespace Gatehouse.Policy;

/// <summary>One thing that is wrong, or suspicious, in a policy file.</summary>
/// <param name="Code">Stable code such as <c>GH1010</c>; the table is docs/reference/diagnostics.md.</param>
/// <param name="Severity">Whether it prevents loading.</param>
/// <param name="Message">One sentence for people; its wording may change between versions.</param>
/// <param name="Span">Where it is.</param>
/// <param name="Suggestion">What to do or write instead, or null if there is no good guess.</param>
public sealed record Diagnostic(
    string Code, DiagnosticSeverity Severity, string Message, SourceSpan Span, string? Suggestion)
{
    /// <summary><c>file:line:column: error GH1010: message (suggestion)</c>, as compilers print it.</summary>
    public override string ToString()
    {
        var severity = Severity == DiagnosticSeverity.Error ? "error" : "warning";
        var suggestion = Suggestion is null ? "" : $" ({Suggestion})";
        return $"{Span}: {severity} {Code}: {Message}{suggestion}";
    }
}
