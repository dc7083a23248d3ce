using System.Text.RegularExpressions;

namespace Gatehouse.Architecture.Tests;

/// <summary>One row of the page's table of projects.</summary>
internal sealed record ProjectRow(string Project, IReadOnlySet<string> Uses, IReadOnlySet<string> UsedBy, IReadOnlySet<string> MayNotUse);

/// <summary>docs/architecture.md as a machine reads it.</summary>
internal static partial class ArchitecturePage
{
    public const string File = "docs/architecture.md";

    private const string Header = "| Project | What it is | Uses | May be used by | May not use |";

    public static IReadOnlyDictionary<string, ProjectRow> Rows { get; } = Parse(Repository.Read(File));

    /// <exception cref="InvalidDataException">The table is not there, or a row has another number of cells.</exception>
    public static IReadOnlyDictionary<string, ProjectRow> Parse(string page)
    {
        var lines = page.Split('\n');
        var start = Array.IndexOf(lines, Header);
        if (start < 0)
        {
            throw new InvalidDataException($"{File} has no table that begins with: {Header}");
        }

        return lines.Skip(start + 2).TakeWhile(static l => l.StartsWith('|')).Select(ParseRow)
            .ToDictionary(static r => r.Project, StringComparer.Ordinal);
    }

    private static ProjectRow ParseRow(string line)
    {
        var cells = line.Trim('|').Split('|');
        return cells.Length == 5
            ? new ProjectRow(Names(cells[0]).Single(), Names(cells[2]), Names(cells[3]), Names(cells[4]))
            : throw new InvalidDataException($"{File}: {cells.Length} cells instead of 5 in: {line}");
    }

    private static HashSet<string> Names(string cell) =>
        Name().Matches(cell).Select(static m => "Gatehouse." + m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    // In the table a project goes by its last word.
    [GeneratedRegex("`(?<name>[A-Z][A-Za-z.]*)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
