using System.Globalization;
using System.Text;

namespace Gatehouse.Cli.Rendering;

/// <summary>
/// Makes text printable. Names of files and processes are chosen by whoever is watched: an escape sequence in one must not
/// reach the terminal, nor a line break forge a line.
/// </summary>
internal static class SafeText
{
    public static string Escape(string text)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (!IsUnsafe(c))
            {
                escaped.Append(c);
            }
            else if (c < 0x100)
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
        }

        return escaped.ToString();
    }

    // Format characters turn the direction of text or hide it; separators break lines.
    private static bool IsUnsafe(char c) => c >= 0x7f
        ? CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        : c < 0x20;
}
