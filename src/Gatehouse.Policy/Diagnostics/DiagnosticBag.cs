namespace Gatehouse.Policy;

/// <summary>Collects the diagnostics of one file or one compilation.</summary>
internal sealed class DiagnosticBag
{
    private readonly List<Diagnostic> _items = [];
    private bool _overflowed;

    /// <summary>Number of errors so far; compare two readings to learn whether a part was sound.</summary>
    public int ErrorCount { get; private set; }

    public bool HasErrors => ErrorCount > 0;

    public void Add(DiagnosticDescriptor kind, SourceSpan span, string message, string? suggestion = null)
    {
        if (kind.Severity == DiagnosticSeverity.Error)
        {
            ErrorCount++;
        }

        if (_items.Count < PolicyLimits.MaxDiagnosticsPerFile)
        {
            _items.Add(new Diagnostic(kind.Code, kind.Severity, message, span, suggestion));
        }
        else if (!_overflowed)
        {
            _overflowed = true;
            ErrorCount++;
            var last = DiagnosticCatalog.TooManyDiagnostics;
            _items.Add(new Diagnostic(
                last.Code,
                last.Severity,
                $"There is more to report; only the first {PolicyLimits.MaxDiagnosticsPerFile} findings are shown.",
                span,
                Suggestion: null));
        }
    }

    /// <summary>In the order of the text; those at the same place in the order they were found.</summary>
    public IReadOnlyList<Diagnostic> ToList() =>
    [
        .. _items
            .OrderBy(d => string.Equals(d.Code, DiagnosticCatalog.TooManyDiagnostics.Code, StringComparison.Ordinal))
            .ThenBy(d => d.Span.File, StringComparer.Ordinal)
            .ThenBy(d => d.Span.StartLine)
            .ThenBy(d => d.Span.StartColumn),
    ];
}
