namespace Gatehouse.Sdk.Policies;

/// <summary>
/// Reads policy files as the command lines name them: files, and directories of <c>*.yaml</c> and <c>*.yml</c> files. In a
/// directory, files called <c>*.test.yaml</c> are left out: these are cases (<c>gatehouse policy test</c>), not policies.
/// </summary>
public static class PolicyFileReader
{
    private static readonly string[] Endings = [".yaml", ".yml"];

    /// <summary>Reads every file, those of a directory in ordinal order of their names.</summary>
    /// <param name="paths">Files and directories.</param>
    /// <param name="maximumBytes">
    /// The largest allowed file. Of a larger one only a byte more than this is read, enough for the parser to refuse it.
    /// </param>
    /// <exception cref="IOException">
    /// Something cannot be read, or a directory has no policy; the message begins with its path.
    /// </exception>
    public static IReadOnlyList<PolicyFileContent> Read(IReadOnlyList<string> paths, int maximumBytes)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return [.. paths.SelectMany(Expand).Select(path => ReadOne(path, maximumBytes))];
    }

    private static bool IsPolicy(string file) =>
        Endings.Contains(Path.GetExtension(file), StringComparer.Ordinal)
        && !Path.GetFileNameWithoutExtension(file).EndsWith(".test", StringComparison.Ordinal);

    private static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        try
        {
            var files = Directory.GetFiles(path).Where(IsPolicy).ToList();
            if (files.Count == 0)
            {
                throw new IOException($"{path}: there is no *.yaml or *.yml file in this directory");
            }

            files.Sort(StringComparer.Ordinal);
            return files;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path}: permission denied", e);
        }
    }

    private static PolicyFileContent ReadOne(string path, int maximumBytes)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[maximumBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return new PolicyFileContent(path, buffer.AsMemory(0, length));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new IOException($"{path}: no such file", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path}: permission denied", e);
        }
        catch (IOException e)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }
}

/// <summary>A policy file that was read; it need not be text.</summary>
/// <param name="Path">Its path as it was named.</param>
/// <param name="Bytes">What is in it.</param>
public sealed record PolicyFileContent(string Path, ReadOnlyMemory<byte> Bytes);
