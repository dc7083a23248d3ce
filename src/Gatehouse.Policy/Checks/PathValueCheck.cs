using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// Checks a path: absolute and normalised. A path that is not is refused instead of repaired, because the reader of the
/// policy should see what is compared.
/// </summary>
internal static class PathValueCheck
{
    public static string? Check(PolicyField field, string path, ReportValue report)
    {
        if (!path.StartsWith('/'))
        {
            report(
                DiagnosticCatalog.PathNotAbsolute,
                $"The path \"{Excerpt.Of(path)}\" is not absolute.",
                path.Length == 0 ? "write the whole path" : "write the whole path, beginning with /");
            return null;
        }

        if (IsTooLong(path, report))
        {
            return null;
        }

        var normalised = Normalise(path);
        if (!string.Equals(path, normalised, StringComparison.Ordinal) || normalised.Length == 1)
        {
            report(
                DiagnosticCatalog.PathNotNormalised,
                normalised.Length == 1
                    ? $"The path \"{Excerpt.Of(path)}\" is the root folder, not a file."
                    : $"The path \"{Excerpt.Of(path)}\" is not normalised.",
                normalised.Length == 1 ? "write the path of a file" : $"did you mean `{normalised}`?");
            return null;
        }

        // A `[` is left alone: /usr/bin/[ is a program.
        if (path.AsSpan().IndexOfAny('*', '?') >= 0)
        {
            report(
                DiagnosticCatalog.WildcardInPath,
                $"`==` and `in` compare paths as they are: `*` and `?` in \"{Excerpt.Of(path)}\" stand for themselves.",
                field.Type == FieldType.Path ? $"did you mean {field.Name}.matches(\"…\")?" : "name each file");
        }

        return path;
    }

    /// <summary>Reports a path, or a part of one, that no path can equal.</summary>
    public static bool IsTooLong(string path, ReportValue report)
    {
        var bytes = Encoding.UTF8.GetByteCount(path);
        if (bytes <= PolicyLimits.MaxPathBytes)
        {
            return false;
        }

        report(
            DiagnosticCatalog.PathTooLong,
            $"The path \"{Excerpt.Of(path)}\" has {bytes} bytes; at most {PolicyLimits.MaxPathBytes} are possible.",
            "name the file by its SHA-256");
        return true;
    }

    private static string Normalise(string path)
    {
        if (IsNormalised(path))
        {
            return path;
        }

        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part is "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part is not ".")
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>Nearly all are, and a policy may have many: no part is made.</summary>
    private static bool IsNormalised(ReadOnlySpan<char> path) =>
        !path.EndsWith('/') && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal);
}
