using System.Text;

namespace Gatehouse.Policy;

/// <summary>Checks what stands in <c>startsWith</c>, <c>endsWith</c> and <c>matches</c>.</summary>
internal static class PatternCheck
{
    private static readonly string[] NowhereInside = ["//", "/./", "/../"];
    private static readonly string[] NowhereAtEnd = ["/", "/.", "/.."];

    /// <returns>Whether the pattern can be used; if not, that was reported.</returns>
    public static bool Check(PolicyField field, PatternKind kind, string text, ReportValue report)
    {
        if (text.Length == 0)
        {
            report(
                DiagnosticCatalog.InvalidPattern,
                "An empty pattern fits everything or nothing.",
                "write what the text shall begin with, end with or look like");
            return false;
        }

        if (kind == PatternKind.Glob && !GlobCheck.Check(text, report))
        {
            return false;
        }

        return field.Type == FieldType.Path ? CheckPath(field, kind, text, report) : CheckElement(field, text, report);
    }

    private static bool CheckPath(PolicyField field, PatternKind kind, string text, ReportValue report)
    {
        if (PathValueCheck.IsTooLong(text, report))
        {
            return false;
        }

        var absolute = kind == PatternKind.Suffix || text[0] == '/'
            || (kind == PatternKind.Glob && (text.StartsWith("**", StringComparison.Ordinal) || text.StartsWith("*/", StringComparison.Ordinal)));
        if (!absolute)
        {
            report(
                DiagnosticCatalog.PathNotAbsolute,
                $"Every path begins with a slash, so that \"{Excerpt.Of(text)}\" fits none.",
                kind == PatternKind.Prefix
                    ? $"write the beginning of the whole path, or {field.Name}.endsWith(\"…\")"
                    : "begin with `/`, or with `**` for any folder");
            return false;
        }

        if (ImpossiblePart(kind, text) is not { } part)
        {
            return true;
        }

        report(
            DiagnosticCatalog.PathNotNormalised,
            $"No path contains `{part}` there: paths are normalised before they are compared, so that \"{Excerpt.Of(text)}\" fits none.",
            "leave it out");
        return false;
    }

    /// <summary>What a normalised path of a file does not contain, or null.</summary>
    private static string? ImpossiblePart(PatternKind kind, string text)
    {
        if (NowhereInside.FirstOrDefault(part => text.Contains(part, StringComparison.Ordinal)) is { } inside)
        {
            return inside;
        }

        // At the end of a prefix the name may go on: "/tmp/." begins "/tmp/.hidden".
        return kind == PatternKind.Prefix
            ? null
            : NowhereAtEnd.FirstOrDefault(end => text.EndsWith(end, StringComparison.Ordinal));
    }

    private static bool CheckElement(PolicyField field, string text, ReportValue report)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes <= PolicyLimits.MaxPathBytes)
        {
            return true;
        }

        report(
            DiagnosticCatalog.InvalidPattern,
            $"The pattern \"{Excerpt.Of(text)}\" has {bytes} bytes; `{field.Name}` is compared by at most {PolicyLimits.MaxPathBytes}.",
            "write a shorter one");
        return false;
    }
}
