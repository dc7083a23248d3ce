namespace Gatehouse.Policy;

/// <summary>What every reader of the schema needs: the text, for places, and where to report.</summary>
internal sealed record SchemaContext(SourceText Source, DiagnosticBag Diagnostics)
{
    public SourceSpan Span(YamlNode node) => node switch
    {
        // A map or list may go on for pages; its beginning is the place to look at.
        YamlScalar { Style: not YamlScalarStyle.Block } => Source.Span(node.Start, node.End),
        _ => Source.Span(node.Start, Math.Min(node.End, node.Start + 1)),
    };

    /// <summary>An element of a list of maps with names; null if it was reported as something else.</summary>
    /// <param name="node">The element.</param>
    /// <param name="what">What it is, for the message: "A rule".</param>
    public YamlMapping? AsNamedMap(YamlNode node, string what)
    {
        if (node is not (YamlMapping or YamlReported))
        {
            Report(DiagnosticCatalog.WrongType, node, $"{what} must be a map.", "begin it with `name:`");
        }

        return node as YamlMapping;
    }

    public void Report(DiagnosticDescriptor kind, YamlNode node, string message, string? suggestion = null) =>
        Diagnostics.Add(kind, Span(node), message, suggestion);
}
