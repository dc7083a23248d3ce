namespace Gatehouse.Agent.Enforcement;

/// <summary>A file without which the host or its owner is locked out.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Role">What it is, for messages.</param>
/// <param name="IsLibrary">Whether it is also mapped into running processes.</param>
internal sealed record VitalFile(string Path, string Role, bool IsLibrary)
{
    /// <summary>Whether it must be able to load BPF programs.</summary>
    public bool LoadsPrograms { get; init; }

    /// <summary>Whether it is a program of .NET, which maps the code that it compiles from memory.</summary>
    public bool CompilesCode { get; init; }
}

/// <summary>Finds the files that no policy may refuse.</summary>
internal static class VitalFiles
{
    private const string ControlCommand = "gatehouse";

    /// <summary>PID 1's executable, this program, the control command, and what is mapped into this program as code.</summary>
    public static IReadOnlyList<VitalFile> OfThisHost()
    {
        var files = new List<VitalFile>();
        Add(files, "/proc/1/exe", "the first process of this host", isLibrary: false);
        Add(files, "/sbin/init", "the first process of this host", isLibrary: false);
        Add(files, "/proc/self/exe", "the agent itself", isLibrary: false, loadsPrograms: true, compilesCode: true);
        foreach (var directory in new[] { AppContext.BaseDirectory, "/usr/bin", "/usr/local/bin", "/usr/sbin" })
        {
            Add(files, Path.Combine(directory, ControlCommand), "the control command", isLibrary: false, compilesCode: true);
        }

        foreach (var path in MappedAsCode())
        {
            // The dynamic loader is among them: it is mapped into every process that is not static.
            Add(files, path, "a library that the agent runs on", isLibrary: true);
        }

        return files;
    }

    private static void Add(
        List<VitalFile> files, string path, string role, bool isLibrary, bool loadsPrograms = false, bool compilesCode = false)
    {
        // A link in /proc that points to nothing readable, or a command that is not installed: nothing to protect there.
        if (PathResolver.Resolve(path) is { } resolved
            && File.Exists(resolved)
            && !files.Exists(f => string.Equals(f.Path, resolved, StringComparison.Ordinal) && f.IsLibrary == isLibrary))
        {
            files.Add(new VitalFile(resolved, role, isLibrary) { LoadsPrograms = loadsPrograms, CompilesCode = compilesCode });
        }
    }

    // Managed assemblies are left out: there are hundreds, each change would hash all of them, and no policy names one by
    // mistake. A line: address range, permissions, offset, device, inode, path (which may contain spaces).
    private static IEnumerable<string> MappedAsCode() =>
        File.ReadLines("/proc/self/maps")
            .Select(static line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
            .Where(static f => f.Length == 6 && f[1].Contains('x', StringComparison.Ordinal) && f[5].StartsWith('/'))
            .Select(static f => f[5].TrimStart())
            .Where(static path => !path.EndsWith(" (deleted)", StringComparison.Ordinal) && !path.EndsWith(".dll", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);
}
