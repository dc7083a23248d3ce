using System.Globalization;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// A text in double quotes, with the escape sequences that C#, conditions and YAML have in common. What cannot be printed,
/// or changes how its surroundings are read, is always escaped.
/// </summary>
internal static class QuotedText
{
    public static string Of(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                AppendPair(quoted, new Rune(text[i], text[++i]));
            }
            else
            {
                Append(quoted, text[i]);
            }
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Whether the text can stand in single quotes, or in none, as it is.</summary>
    public static bool IsPrintable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (!IsPrintable(CharUnicodeInfo.GetUnicodeCategory(text, i)))
            {
                return false;
            }

            i += isPair ? 1 : 0;
        }

        return true;
    }

    private static void Append(StringBuilder quoted, char c)
    {
        switch (c)
        {
            case '"' or '\\':
                quoted.Append('\\').Append(c);
                break;
            case '\n':
                quoted.Append("\\n");
                break;
            case '\r':
                quoted.Append("\\r");
                break;
            case '\t':
                quoted.Append("\\t");
                break;
            default:
                // Half of a surrogate pair ends here too: escaped, it is reported; written out, it would silently change.
                quoted.Append(IsPrintable(char.GetUnicodeCategory(c))
                    ? c.ToString()
                    : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"));
                break;
        }
    }

    private static void AppendPair(StringBuilder quoted, Rune rune) => quoted.Append(IsPrintable(Rune.GetUnicodeCategory(rune))
        ? rune.ToString()
        : string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"));

    private static bool IsPrintable(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.PrivateUse or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
