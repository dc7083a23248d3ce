using System.Text.RegularExpressions;

namespace Gatehouse.Architecture.Tests;

/// <summary>The parts of Markdown that the checks read.</summary>
internal static partial class MarkdownText
{
    /// <summary>Targets of links inside the repository.</summary>
    public static IReadOnlyList<string> Links(string text) =>
        [.. Link().Matches(InlineCode().Replace(WithoutBlocks(text), "")).Select(static m => m.Groups["target"].Value)
            .Where(static t => !t.Contains(':', StringComparison.Ordinal))];

    /// <summary>Files and folders of the repository that stand in backticks, without a line number.</summary>
    public static IReadOnlyList<string> NamedFiles(string text) =>
        [.. InlineCode().Matches(WithoutBlocks(text)).Select(static m => m.Value.Trim('`'))
            .Where(static c => RepositoryPath().IsMatch(c))
            .Select(static c => c.Split(':')[0])];

    /// <summary>The anchors of the headings, as GitHub makes them.</summary>
    public static IReadOnlyList<string> Anchors(string text) =>
        [.. WithoutBlocks(text).Split('\n').Where(static l => l.StartsWith('#')).Select(static l =>
            NotInAnchor().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    private static string WithoutBlocks(string text) => Block().Replace(text, "");

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline, 5000)]
    private static partial Regex Block();

    [GeneratedRegex(@"`[^`\n]+`", RegexOptions.None, 5000)]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^(?:api|bench|bpf|docs|examples|packaging|policies|src|test|tools)/[A-Za-z0-9_./-]*(?::\d+)?$", RegexOptions.None, 5000)]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, 5000)]
    private static partial Regex NotInAnchor();
}
