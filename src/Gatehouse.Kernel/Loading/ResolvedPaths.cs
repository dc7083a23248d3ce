using Gatehouse.Interop.Linux;

namespace Gatehouse.Kernel.Loading;

/// <summary>
/// How the kernel will spell the paths of a policy: without symbolic links. Of what is not there yet the folders that are
/// count, so that a rule for /bin/nc also stands for /usr/bin/nc before that is installed.
/// </summary>
public static class ResolvedPaths
{
    /// <returns>Those that are spelled differently.</returns>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<string> paths)
    {
        var resolved = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (Resolve(path) is { } spelling && !string.Equals(spelling, path, StringComparison.Ordinal))
                resolved[path] = spelling;
        }
        return resolved;
    }

    private static string? Resolve(string path)
    {
        var missing = "";
        for (var at = path.Length > 1 ? path.TrimEnd('/') : path; at.Length > 0; at = Path.GetDirectoryName(at) ?? "")
        {
            var probe = FileProbe.Look(at);
            if (probe.ResolvedPath is { } found)
                return missing.Length == 0 ? found : Path.Join(found, missing);
            if (probe.ErrorNumber is not Errno.NoEntry)
                return null;
            missing = missing.Length == 0 ? Path.GetFileName(at) : Path.Join(Path.GetFileName(at), missing);
        }
        return null;
    }
}
