using System.Globalization;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>Reads a string of a condition: single or double quotes, with CEL's escape sequences.</summary>
internal static class ExpressionString
{
    /// <param name="source">The condition.</param>
    /// <param name="at">Index of the opening quote; on return the index after the string.</param>
    /// <returns>The value; what is wrong with it was reported.</returns>
    public static string Read(ExpressionSource source, ref int at)
    {
        var text = source.Text;
        var start = at;
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] == '\\')
            {
                ReadEscape(source, ref at, value);
            }
            else
            {
                value.Append(text[at++]);
            }
        }

        if (at == text.Length)
        {
            source.Report(
                DiagnosticCatalog.UnterminatedString, start, text.TrimEnd().Length, "This string has no end.", $"close it with {quote}");
            return value.ToString();
        }

        at++;
        return value.ToString();
    }

    private static void ReadEscape(ExpressionSource source, ref int at, StringBuilder value)
    {
        var text = source.Text;
        var start = at++;
        if (at == text.Length)
        {
            return;
        }

        var c = text[at++];
        var simple = "\\\"'`?abfnrtv".IndexOf(c, StringComparison.Ordinal);
        if (simple >= 0)
        {
            value.Append("\\\"'`?\a\b\f\n\r\t\v"[simple]);
            return;
        }

        var digits = c switch { 'x' or 'X' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0 && at + digits <= text.Length
            && int.TryParse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            && Rune.IsValid(code) && code != 0)
        {
            value.Append(new Rune(code).ToString());
            at += digits;
            return;
        }

        source.Report(
            DiagnosticCatalog.InvalidEscape,
            start,
            at,
            $"`\\{c}` is not an escape sequence that can be used here.",
            "write a backslash as \\\\, a character as \\xHH, \\uHHHH or \\UHHHHHHHH");
    }
}
