using System.Text;

namespace Gatehouse.Policy;

/// <summary>Checks a text that a list of arguments or of names of environment variables can contain.</summary>
internal static class ElementValueCheck
{
    private const string Environment = "exec.environment";

    public static string? Check(PolicyField field, string text, ReportValue report)
    {
        if (text.Length == 0)
        {
            report(DiagnosticCatalog.InvalidElement, $"An empty text cannot be looked for in `{field.Name}`.", "write what to look for");
            return null;
        }

        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > PolicyLimits.MaxPathBytes)
        {
            report(
                DiagnosticCatalog.InvalidElement,
                $"The text \"{Excerpt.Of(text)}\" has {bytes} bytes; `{field.Name}` is compared by at most {PolicyLimits.MaxPathBytes}.",
                "write .exists(a, a.startsWith(\"…\")) with its beginning");
            return null;
        }

        if (string.Equals(field.Name, Environment, StringComparison.Ordinal) && text.Contains('=', StringComparison.Ordinal))
        {
            report(
                DiagnosticCatalog.InvalidElement,
                $"`{field.Name}` has the names of variables, and no name contains `=`.",
                text[0] == '=' ? null : $"write \"{Excerpt.Of(text[..text.IndexOf('=', StringComparison.Ordinal)])}\"");
            return null;
        }

        return text;
    }
}
