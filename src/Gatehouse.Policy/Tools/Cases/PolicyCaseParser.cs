namespace Gatehouse.Policy;

/// <summary>
/// Reads the cases of <c>gatehouse policy test</c>: a YAML list of operations with the verdict that each shall get.
/// Pure; safe for use by several threads.
/// </summary>
public static class PolicyCaseParser
{
    /// <summary>Reads one file. Never throws on any content: what is wrong with it is a diagnostic.</summary>
    /// <param name="source">The file's name and bytes.</param>
    /// <param name="policies">The policies that the cases are about; the rules that cases name must be theirs.</param>
    public static PolicyCaseParseResult Parse(PolicySource source, IReadOnlyList<PolicyDocument> policies)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(policies);
        var diagnostics = new DiagnosticBag();
        var cases = Read(source, policies, diagnostics);
        return new PolicyCaseParseResult(
            diagnostics.HasErrors ? null : cases, [.. diagnostics.ToList().Select(AboutCases)]);
    }

    private static List<PolicyCase> Read(PolicySource source, IReadOnlyList<PolicyDocument> policies, DiagnosticBag diagnostics)
    {
        if (SourceDecoder.Decode(source, diagnostics) is not { } text || YamlReader.Read(text, diagnostics) is not { } root)
        {
            return [];
        }

        var context = new SchemaContext(text, diagnostics);
        if (root is not YamlSequence { Items.IsEmpty: false } list)
        {
            if (root is not YamlReported)
            {
                context.Report(DiagnosticCatalog.NoCases, root, "The file must be a list of cases.", "begin with `- name:`");
            }

            return [];
        }

        var builder = new CaseBuilder(context, policies);
        return [.. list.Items.Select(builder.Build).OfType<PolicyCase>()];
    }

    // The reader of YAML is shared with policies and says so of an empty file.
    private static Diagnostic AboutCases(Diagnostic diagnostic) =>
        string.Equals(diagnostic.Code, DiagnosticCatalog.EmptyFile.Code, StringComparison.Ordinal)
            ? diagnostic with
            {
                Code = DiagnosticCatalog.NoCases.Code,
                Message = "The file contains no cases.",
                Suggestion = "begin with `- name:`",
            }
            : diagnostic;
}
