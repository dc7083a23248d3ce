using System.Text;
using Shouldly;

namespace Gatehouse.Policy.Tests.Schema;

/// <summary>
/// Schema and parser say the same of a text, as far as structure goes: what the parser accepts the schema accepts, and what
/// the schema accepts has no error of structure. <see cref="TestPolicy.Parse(PolicySource)"/> compares every text that a test parses.
/// </summary>
/// <remarks>
/// They differ in this, and in nothing else:
/// <list type="number">
/// <item>Texts that are no YAML, or that the parser does not read as such (too large, not UTF-8, too deep, several documents): they never
/// come to a schema.</item>
/// <item>YAML that policies do not use (anchors, aliases, tags), one key twice, two rules of one name, texts with NUL or half a
/// character: JSON, which a schema is about, has no words for them. The parser refuses.</item>
/// <item>The meaning of conditions: a text, to a schema.</item>
/// <item>The spelling of numbers and truth values. A schema sees 7 where the text says <c>+7</c>, so that it cannot refuse it as a name.
/// See <see cref="IsSpelledAsSomethingElse"/>.</item>
/// </list>
/// </remarks>
internal static class SchemaAgreement
{
    /// <summary>Reading ended early, so that the rest of the text was not looked at.</summary>
    private static readonly HashSet<string> s_unread = Codes(
        DiagnosticCatalog.MalformedYaml, DiagnosticCatalog.FileTooLarge, DiagnosticCatalog.NotUtf8, DiagnosticCatalog.ControlCharacter,
        DiagnosticCatalog.YamlTooDeep, DiagnosticCatalog.SeveralDocuments);

    /// <summary>What a schema can see.</summary>
    private static readonly HashSet<string> s_structural = Codes(
        DiagnosticCatalog.EmptyFile, DiagnosticCatalog.UnknownKey, DiagnosticCatalog.MissingKey, DiagnosticCatalog.WrongType,
        DiagnosticCatalog.UnknownApiVersion, DiagnosticCatalog.InvalidName, DiagnosticCatalog.UnknownWord,
        DiagnosticCatalog.NumberOutOfRange, DiagnosticCatalog.InvalidTag, DiagnosticCatalog.UnknownOperation,
        DiagnosticCatalog.TooManyRules, DiagnosticCatalog.EmptyList, DiagnosticCatalog.InvalidSetName);

    /// <summary>Errors about a scalar that may be a number or truth value to a schema.</summary>
    private static readonly HashSet<string> s_ofSpelling = Codes(DiagnosticCatalog.InvalidName, DiagnosticCatalog.NumberOutOfRange);

    /// <returns>What the schema says.</returns>
    public static SchemaAnswer Check(PolicySource source, PolicyParseResult parsed)
    {
        var errors = parsed.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Exists(e => s_unread.Contains(e.Code)))
        {
            return SchemaAnswer.Unreadable;
        }

        var bytes = source.Bytes.Span;
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        var answer = SchemaCheck.Of(bytes, out var findings);
        if (parsed.Document is not null)
        {
            if (answer != SchemaAnswer.Accepted)
            {
                Fail(source, answer, findings, errors);
            }
        }
        else if (answer == SchemaAnswer.Accepted)
        {
            var text = Encoding.UTF8.GetString(bytes);
            if (errors.Exists(e => s_structural.Contains(e.Code) && !IsSpelledAsSomethingElse(e, text)))
            {
                Fail(source, answer, findings, errors);
            }
        }

        return answer;
    }

    /// <summary>Whether the text that an error is about is written like a number or a truth value, without quotes.</summary>
    private static bool IsSpelledAsSomethingElse(Diagnostic error, string text)
    {
        var span = error.Span;
        if (!s_ofSpelling.Contains(error.Code) || span.StartLine != span.EndLine)
        {
            return false;
        }

        var line = text.ReplaceLineEndings("\n").Split('\n')[span.StartLine - 1];
        return YamlAsJson.IsNoText(line[(span.StartColumn - 1)..(span.EndColumn - 1)]);
    }

    private static void Fail(PolicySource source, SchemaAnswer answer, string findings, IEnumerable<Diagnostic> errors)
    {
        var text = Encoding.UTF8.GetString(source.Bytes.Span);
        throw new ShouldAssertException(
            $"schema: {answer} {findings}\nparser: {string.Join('\n', errors)}\n{text[..Math.Min(text.Length, 4_000)]}");
    }

    private static HashSet<string> Codes(params DiagnosticDescriptor[] descriptors) =>
        new(descriptors.Select(d => d.Code), StringComparer.Ordinal);
}
