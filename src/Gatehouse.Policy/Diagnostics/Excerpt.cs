using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>
/// Text of the file inside a message: short, and printable, so that a file cannot forge other output.
/// </summary>
internal static class Excerpt
{
    private const int Longest = 80;

    public static string Of(string text)
    {
        if (text.Length <= Longest)
        {
            return text;
        }

        var length = char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest;
        return text[..length] + "…";
    }

    /// <summary>Without line ends, terminal controls and characters that reverse the direction of writing.</summary>
    public static string Printable(string text) =>
        text.All(IsPrintable) ? text : string.Concat(text.Select(c => IsPrintable(c) ? c : '\uFFFD'));

    private static bool IsPrintable(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
