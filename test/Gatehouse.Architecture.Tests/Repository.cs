namespace Gatehouse.Architecture.Tests;

/// <summary>The repository's own files, found by walking up from the test's folder. Build output is not part of them.</summary>
internal static class Repository
{
    private static readonly string[] s_notOurs = ["bin", "obj", "build", ".git", ".vs", "TestResults"];

    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Has(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>Paths of files below a folder, relative to the repository, with the given ending.</summary>
    public static IReadOnlyList<string> Files(string folder, params string[] endings)
    {
        var found = Below(new DirectoryInfo(Path.Combine(Root, folder)))
            .Where(f => endings.Any(e => f.EndsWith(e, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)
            .ToList();

        // A moved folder must not turn a check into one of nothing.
        return found.Count > 0 ? found : throw new InvalidOperationException($"no files in {folder}: has it moved?");
    }

    private static IEnumerable<string> Below(DirectoryInfo folder) =>
        folder.EnumerateFiles().Select(static f => Path.GetRelativePath(Root, f.FullName))
            .Concat(folder.EnumerateDirectories()
                .Where(static d => !s_notOurs.Contains(d.Name, StringComparer.Ordinal) && d.LinkTarget is null)
                .SelectMany(Below));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "global.json")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("global.json was not found above the test.");
    }
}
