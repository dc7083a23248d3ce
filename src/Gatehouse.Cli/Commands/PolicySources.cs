using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Cli.Commands;

/// <summary>The policy files that a command line names, read and parsed.</summary>
internal sealed record PolicySources(
    IReadOnlyList<PolicyFile> Files,
    IReadOnlyList<PolicyDocument> Documents,
    IReadOnlyList<PolicyDiagnostic> Diagnostics,
    IReadOnlyDictionary<string, string> Texts)
{
    public bool HasErrors => Diagnostics.Any(static d => string.Equals(d.Severity, "error", StringComparison.Ordinal));

    public static Argument<string[]> Argument()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Policy file, or directory of *.yaml and *.yml files.",
            Arity = ArgumentArity.OneOrMore,
        };
        files.Validators.Add(static result => RefuseOptions(result, result.Tokens.Select(static t => t.Value)));
        return files;
    }

    /// <summary>The parser of command lines takes an option that it does not know for a file.</summary>
    public static void RefuseOptions(SymbolResult result, IEnumerable<string> files)
    {
        foreach (var option in files.Where(static f => f.StartsWith("--", StringComparison.Ordinal)))
        {
            result.AddError($"there is no option {option}; a file of that name is written ./{option}");
        }
    }

    /// <exception cref="IOException">Something cannot be read; the message names it.</exception>
    public static PolicySources Read(IReadOnlyList<string> paths)
    {
        var contents = PolicyFileReader.Read(paths, PolicyLimits.MaxFileBytes);
        var files = new List<PolicyFile>();
        var documents = new List<PolicyDocument>();
        var diagnostics = new List<PolicyDiagnostic>();
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var content in contents)
        {
            var parsed = PolicyParser.Parse(new PolicySource(content.Path, content.Bytes));
            var text = Encoding.UTF8.GetString(content.Bytes.Span);
            texts[content.Path] = text;
            files.Add(new PolicyFile(content.Path, text));
            diagnostics.AddRange(Convert(parsed.Diagnostics));
            if (parsed.Document is { } document)
            {
                documents.Add(document);
            }
        }

        return new PolicySources(files, documents, diagnostics, texts);
    }

    public static IEnumerable<PolicyDiagnostic> Convert(IEnumerable<Diagnostic> diagnostics) =>
        diagnostics.Select(static d => new PolicyDiagnostic
        {
            Code = d.Code,
            Severity = PolicyWords.Of(d.Severity),
            Message = d.Message,
            File = d.Span.File,
            Line = d.Span.StartLine,
            Column = d.Span.StartColumn,
            EndLine = d.Span.EndLine,
            EndColumn = d.Span.EndColumn,
            Suggestion = d.Suggestion,
        });
}
