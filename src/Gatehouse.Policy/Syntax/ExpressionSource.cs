namespace Gatehouse.Policy;

/// <summary>The text of one condition, and where its characters stand in the file.</summary>
internal sealed class ExpressionSource(SourceText source, YamlScalar scalar, DiagnosticBag diagnostics)
{
    private readonly Lazy<ScalarMap> _map = new(() => ScalarMap.Create(source, scalar));

    public string Text => scalar.Value;

    /// <summary>Whether costly suggestions are no longer worth their while.</summary>
    public bool ErrorsAreFull => diagnostics.ErrorsAreFull;

    public SourceSpan Span(int start, int end)
    {
        var (textStart, textEnd) = _map.Value.Range(start, end);
        return source.Span(textStart, textEnd);
    }

    public SourceSpan Span(ExpressionToken token) => Span(token.Start, token.End);

    public void Report(
        DiagnosticDescriptor kind, ExpressionToken token, string message, string? suggestion = null) =>
        Report(kind, token.Start, token.End, message, suggestion);

    public void Report(
        DiagnosticDescriptor kind, int start, int end, string message, string? suggestion = null) =>
        diagnostics.Add(kind, Span(start, end), message, suggestion);
}
