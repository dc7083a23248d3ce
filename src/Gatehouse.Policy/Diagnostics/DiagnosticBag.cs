namespace Gatehouse.Policy;

/// <summary>
/// Collects the diagnostics of one file or one compilation. Errors and warnings are bounded each by themselves: many
/// warnings neither hide an error nor become one.
/// </summary>
internal sealed class DiagnosticBag
{
    private readonly List<Diagnostic> _errors = [];
    private readonly List<Diagnostic> _warnings = [];
    private Diagnostic? _overflow;

    /// <summary>Number of errors so far, kept or not; compare two readings to learn whether a part was sound.</summary>
    public int ErrorCount { get; private set; }

    public bool HasErrors => ErrorCount > 0;

    /// <summary>Whether further errors are only counted, so that costly suggestions for them can be left out.</summary>
    public bool ErrorsAreFull => _errors.Count >= PolicyLimits.MaxDiagnosticsPerFile;

    public void Add(DiagnosticDescriptor kind, SourceSpan span, string message, string? suggestion = null)
    {
        var isError = kind.Severity == DiagnosticSeverity.Error;
        ErrorCount += isError ? 1 : 0;
        var items = isError ? _errors : _warnings;
        if (items.Count < PolicyLimits.MaxDiagnosticsPerFile)
        {
            // Messages quote the file, which may contain anything as an escape sequence.
            items.Add(new Diagnostic(
                kind.Code,
                kind.Severity,
                Excerpt.Printable(message),
                span,
                suggestion is null ? null : Excerpt.Printable(suggestion)));
            return;
        }

        _overflow ??= new Diagnostic(
            DiagnosticCatalog.TooManyDiagnostics.Code,
            DiagnosticCatalog.TooManyDiagnostics.Severity,
            $"There is more to report; {PolicyLimits.MaxDiagnosticsPerFile} errors and as many warnings are shown at most.",
            span,
            Suggestion: null);
    }

    /// <summary>In the order of the text; those at the same place in the order they were found.</summary>
    public IReadOnlyList<Diagnostic> ToList()
    {
        var items = _errors.Concat(_warnings)
            .OrderBy(d => d.Span.File, StringComparer.Ordinal)
            .ThenBy(d => d.Span.StartLine)
            .ThenBy(d => d.Span.StartColumn);
        return _overflow is null ? [.. items] : [.. items, _overflow];
    }
}
