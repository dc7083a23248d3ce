using System.Globalization;
using System.Security.Cryptography;

namespace Gatehouse.Policy;

/// <summary>Reads registrations of clients. Pure: no files, no users, no kernel; safe for use by several threads.</summary>
public static class ClientParser
{
    /// <summary>
    /// Parses and checks one file of <c>clients.d</c>. Never throws on any content: what is wrong with it is a diagnostic.
    /// </summary>
    /// <param name="source">The file's name and bytes. Larger than <see cref="ClientLimits.MaxFileBytes"/> is refused unread.</param>
    /// <returns>The client, unless there are errors, and everything that was found.</returns>
    public static ClientParseResult Parse(PolicySource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var diagnostics = new DiagnosticBag();
        var client = Read(source, diagnostics);
        return new ClientParseResult(diagnostics.HasErrors ? null : client, diagnostics.ToList());
    }

    private static ClientDefinition? Read(PolicySource source, DiagnosticBag diagnostics)
    {
        if (source.Bytes.Length > ClientLimits.MaxFileBytes)
        {
            diagnostics.Add(
                DiagnosticCatalog.FileTooLarge,
                new SourceSpan(source.FileName, 1, 1, 1, 1),
                string.Create(CultureInfo.InvariantCulture, $"The registration of a client has at most {ClientLimits.MaxFileBytes} bytes (64 KiB)."));
            return null;
        }

        if (SourceDecoder.Decode(source, diagnostics) is not { } text || YamlReader.Read(text, diagnostics) is not { } root)
        {
            return null;
        }

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(source.Bytes.Span));
        return new ClientBuilder(new SchemaContext(text, diagnostics)).Build(root, sha256);
    }
}
