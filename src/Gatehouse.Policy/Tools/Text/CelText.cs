using System.Globalization;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>Texts as string literals of conditions.</summary>
internal static class CelText
{
    /// <summary>
    /// In double quotes. Whatever a terminal or an editor would not show as it is becomes an escape sequence, so that the
    /// literal can stand in a policy file, which refuses such characters.
    /// </summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\')
            {
                quoted.Append('\\').Append((char)rune.Value);
            }
            else if (IsPlain(rune))
            {
                quoted.Append(rune);
            }
            else
            {
                quoted.Append(rune.Value > 0xFFFF ? "\\U" : "\\u")
                    .Append(rune.Value.ToString(rune.Value > 0xFFFF ? "x8" : "x4", CultureInfo.InvariantCulture));
            }
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
