using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Gatehouse.Policy;

/// <summary>
/// From bytes to text. Whatever is too large, not UTF-8 or binary ends here, before any parser sees it.
/// </summary>
internal static class SourceDecoder
{
    /// <summary>
    /// Characters that make a text read differently by people and by parsers: controls, the line ends that only YAML
    /// knows (a comment would end where no editor shows it), and the ones that reverse the direction of writing.
    /// </summary>
    private static readonly SearchValues<char> Refused = SearchValues.Create(
        Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(c => char.IsControl(c) && c is not ('\t' or '\n' or '\r'))
            .Concat("\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\uFEFF")
            .ToArray());

    public static SourceText? Decode(PolicySource source, DiagnosticBag diagnostics)
    {
        var bytes = source.Bytes.Span;
        if (bytes.Length > PolicyLimits.MaxFileBytes)
        {
            diagnostics.Add(
                DiagnosticCatalog.FileTooLarge,
                new SourceSpan(source.FileName, 1, 1, 1, 1),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The file is larger than {PolicyLimits.MaxFileBytes} bytes (8 MiB), the most that is read."),
                "divide the policy into several files");
            return null;
        }

        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        }

        if (!Utf8.IsValid(bytes))
        {
            ReportInvalid(source.FileName, bytes, diagnostics);
            return null;
        }

        var text = new SourceText(source.FileName, Encoding.UTF8.GetString(bytes));
        var refused = text.Text.AsSpan().IndexOfAny(Refused);
        if (refused < 0)
        {
            return text;
        }

        diagnostics.Add(
            DiagnosticCatalog.ControlCharacter,
            text.Span(refused, refused + 1),
            string.Create(
                CultureInfo.InvariantCulture,
                $"The character U+{(int)text.Text[refused]:X4} must not occur in a policy; is this a text file?"),
            "write it as an escape sequence in a double-quoted string");
        return null;
    }

    private static void ReportInvalid(string fileName, ReadOnlySpan<byte> bytes, DiagnosticBag diagnostics)
    {
        var index = 0;
        while (Rune.DecodeFromUtf8(bytes[index..], out _, out var consumed) == OperationStatus.Done)
        {
            index += consumed;
        }

        var before = new SourceText(fileName, Encoding.UTF8.GetString(bytes[..index]));
        diagnostics.Add(
            DiagnosticCatalog.NotUtf8,
            before.Span(before.Text.Length, before.Text.Length),
            string.Create(
                CultureInfo.InvariantCulture,
                $"The byte 0x{bytes[index]:X2} at offset {index} is not valid UTF-8."),
            "save the file as UTF-8");
    }
}
