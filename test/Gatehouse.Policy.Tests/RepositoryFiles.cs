namespace Gatehouse.Policy.Tests;

/// <summary>Files of the repository that tests read: found by walking up from the test's own folder.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Corpus { get; } = Path.Combine(Root, "test", "corpus", "policies");

    /// <summary>The corpus: path below the corpus folder, with slashes.</summary>
    public static IReadOnlyList<string> CorpusNames { get; } =
    [
        .. Directory.EnumerateFiles(Corpus, "*.yaml", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Corpus, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    public static PolicySource ReadCorpus(string name) => new(name, File.ReadAllBytes(Path.Combine(Corpus, name)));

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
