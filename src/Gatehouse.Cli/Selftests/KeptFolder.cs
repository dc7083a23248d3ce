namespace Gatehouse.Cli.Selftests;

/// <summary>The folder that is tampered with: a file and an empty folder.</summary>
internal static class KeptFolder
{
    private const string Content = "kept\n";
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>Makes it, as the agent does.</summary>
    public static void Make(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder, FolderMode);
        Directory.CreateDirectory(Path.Combine(folder, "inner"), FolderMode);
        File.WriteAllText(Path.Combine(folder, "file"), Content);
        File.SetUnixFileMode(Path.Combine(folder, "file"), FileMode);
    }

    /// <summary>The same, if it can be done.</summary>
    public static void TryMake(string folder)
    {
        try
        {
            Make(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What comes after it then fails otherwise than by a refusal, and is reported as that.
        }
    }

    /// <summary>Looks whether it is as it was made.</summary>
    /// <returns>What is different, or null.</returns>
    public static string? Compare(string folder)
    {
        try
        {
            var names = string.Join(' ', Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            var file = Path.Combine(folder, "file");
            return names is not "file inner" ? $"the folder has other contents: {names}"
                : !string.Equals(File.ReadAllText(file), Content, StringComparison.Ordinal) ? "the file has another content"
                : File.GetUnixFileMode(file) != FileMode || File.GetUnixFileMode(folder) != FolderMode ? "the file or the folder has another mode"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
