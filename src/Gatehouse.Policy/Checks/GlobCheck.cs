namespace Gatehouse.Policy;

/// <summary>
/// Checks a glob. What other languages of patterns have and this one has not is an error, because it would be read as
/// plain characters.
/// </summary>
internal static class GlobCheck
{
    public static bool Check(string text, ReportValue report)
    {
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when i + 1 == text.Length:
                    report(
                        DiagnosticCatalog.InvalidPattern,
                        $"The pattern \"{Excerpt.Of(text)}\" ends with a backslash that takes no character.",
                        "in a condition, write \\\\\\\\ for a backslash in the path");
                    return false;
                case '\\':
                    i++;
                    break;
                case '[' or '{':
                    report(
                        DiagnosticCatalog.InvalidPattern,
                        $"Globs have no `{text[i]}`: there are `?`, `*`, `**` and `\\` only.",
                        $"join several patterns by `||`; for the character itself write \\\\{text[i]}");
                    return false;
                case '*' when i + 2 < text.Length && text[i + 1] == '*' && text[i + 2] == '*':
                    report(
                        DiagnosticCatalog.InvalidPattern,
                        "Three stars have no meaning.",
                        "write `*` for a part without slashes, `**` for any part");
                    return false;
                default:
                    break;
            }
        }

        if (text[0] == '^' || text[^1] == '$')
        {
            report(
                DiagnosticCatalog.RegularExpression,
                $"\"{Excerpt.Of(text)}\" is a glob, not a regular expression: `^` and `$` stand for themselves.",
                "leave them out; a glob fits the whole text anyway");
        }

        return true;
    }

    /// <summary>Whether every path fits it.</summary>
    public static bool FitsEveryPath(string text) => text is "**" or "/**" or "**/**" or "**/*";
}
