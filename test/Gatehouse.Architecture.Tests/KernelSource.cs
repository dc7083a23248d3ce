using System.Text.RegularExpressions;

namespace Gatehouse.Architecture.Tests;

/// <summary>C source of the kernel side, as far as functions go. Relies on the layout that clang-format keeps: a body's brace is alone at the start of its line.</summary>
internal static partial class KernelSource
{
    /// <summary>Heads of the functions that a text defines, in one line each.</summary>
    public static IReadOnlyList<string> Functions(string source)
    {
        var text = Comment().Replace(source, "");
        text = Directive().Replace(text, "");
        return [.. Head().Matches(text).Select(static m => Space().Replace(m.Groups["head"].Value, " ").Trim())];
    }

    /// <summary>
    /// Names of functions that root can replace: neither static, nor a program with a section, nor of the shape that the kernel does
    /// not replace (bpf/lib/global.h).
    /// </summary>
    public static IReadOnlyList<string> ReplaceableFunctions(string source) =>
        [.. Functions(source)
            .Where(static h => !h.StartsWith("static ", StringComparison.Ordinal) && !h.StartsWith("SEC(", StringComparison.Ordinal)
                && !Irreplaceable().IsMatch(h))
            .Select(static h => Name().Match(h).Groups["name"].Value)];

    [GeneratedRegex(@"/\*.*?\*/|//[^\n]*", RegexOptions.Singleline, 5000)]
    private static partial Regex Comment();

    // A macro that takes several lines is one directive.
    [GeneratedRegex(@"^#(?:[^\n]*\\\n)*[^\n]*", RegexOptions.Multiline, 5000)]
    private static partial Regex Directive();

    // From the end of what came before (";", "}" or an empty line) to the ")" before a brace that stands alone.
    [GeneratedRegex(@"(?<=^|[;}]|\n\n)(?<head>[^;{}=]*\))\s*\n\{", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Head();

    [GeneratedRegex(@"^GH_GLOBAL int \w+\(const __u(?:32|64) \*", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Irreplaceable();

    [GeneratedRegex(@"\s+", RegexOptions.None, 5000)]
    private static partial Regex Space();

    [GeneratedRegex(@"(?:BPF_PROG\((?<name>\w+)|(?<name>\w+)\s*\()", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Name();
}
