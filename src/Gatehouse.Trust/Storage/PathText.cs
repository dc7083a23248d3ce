using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gatehouse.Trust;

/// <summary>How a path is written at the end of a line: one way only, and without anything that a terminal or an editor would obey.</summary>
internal static class PathText
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    public static string Escape(string path)
    {
        var first = path.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (first < 0 && !path.Contains('\\', StringComparison.Ordinal))
        {
            return path;
        }

        var text = new StringBuilder(path.Length + 8);
        foreach (var c in path)
        {
            _ = c == '\\' ? text.Append("\\\\")
                : !IsUnsafe(c) ? text.Append(c)
                : text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return text.ToString();
    }

    /// <returns>The path, or null with the index of what no writer of ours would write.</returns>
    public static (string? Path, int Wrong) Unescape(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyExceptInRange(' ', '~') < 0 && !text.Contains('\\'))
        {
            return (text.ToString(), -1);
        }

        var path = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c != '\\')
            {
                if (IsUnsafe(c))
                {
                    return (null, i);
                }

                path.Append(c);
            }
            else if (text[i..].StartsWith("\\\\", StringComparison.Ordinal))
            {
                path.Append('\\');
                i++;
            }
            else if (text[i..].StartsWith("\\u", StringComparison.Ordinal) && text.Length - i >= 6
                && !text.Slice(i + 2, 4).ContainsAnyExcept(s_digits)
                && ushort.Parse(text.Slice(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is var code
                && code != 0 && IsUnsafe((char)code))
            {
                path.Append((char)code);
                i += 5;
            }
            else
            {
                return (null, i);
            }
        }

        return (path.ToString(), -1);
    }

    private static bool IsUnsafe(char c) => c >= 0x7f
        ? CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        : c < ' ';
}
