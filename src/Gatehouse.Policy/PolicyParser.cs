using System.Security.Cryptography;

namespace Gatehouse.Policy;

/// <summary>Reads policy files. Pure: no files, no clock, no kernel; safe for use by several threads.</summary>
public static class PolicyParser
{
    /// <summary>
    /// Parses and checks one file. Never throws on any content: what is wrong with it is a diagnostic.
    /// </summary>
    /// <param name="source">The file's name and bytes.</param>
    /// <returns>The policy, unless there are errors, and everything that was found.</returns>
    public static PolicyParseResult Parse(PolicySource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var diagnostics = new DiagnosticBag();
        var document = Read(source, diagnostics);
        return new PolicyParseResult(diagnostics.HasErrors ? null : document, diagnostics.ToList());
    }

    private static PolicyDocument? Read(PolicySource source, DiagnosticBag diagnostics)
    {
        if (SourceDecoder.Decode(source, diagnostics) is not { } text
            || YamlReader.Read(text, diagnostics) is not { } root)
        {
            return null;
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(source.Bytes.Span));
        return DocumentBuilder.Build(new SchemaContext(text, diagnostics), root, sha256);
    }
}
