namespace Gatehouse.Trust;

/// <summary>Finds files below a root directory, where absolute symbolic links begin at that root. Not thread-safe.</summary>
internal sealed class RootPaths(string root, LookAtFile look)
{
    // The kernel's own limit for one path.
    private const int MostLinks = 40;

    private readonly string _root = root.TrimEnd('/');
    private readonly Dictionary<string, string?> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _links = new(StringComparer.Ordinal);

    /// <summary>The path with which this process opens a file.</summary>
    public string OnHost(string path) => _root + path;

    /// <summary>
    /// The one name of what a path leads to: without links in its directories, so that <c>/bin/ls</c> and <c>/usr/bin/ls</c> are
    /// the same after a merge of /usr.
    /// </summary>
    /// <returns>Null if its directory is not there. A link as last part is not followed.</returns>
    /// <exception cref="IOException">A directory cannot be looked at.</exception>
    public string? NameOf(string path)
    {
        var split = path.LastIndexOf('/');
        if (split < 0 || path.Contains('\0', StringComparison.Ordinal) || path[(split + 1)..] is "" or "." or "..")
        {
            return null;
        }

        var directory = split == 0 ? "" : path[..split];
        if (!_directories.TryGetValue(directory, out var resolved))
        {
            resolved = Resolve(directory);
            _directories[directory] = resolved;
        }

        return resolved is null ? null : resolved + path[split..];
    }

    private string? Resolve(string directory)
    {
        var left = new Stack<string>(directory.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var at = "";
        for (var links = 0; left.TryPop(out var part);)
        {
            if (part is "." or "..")
            {
                at = part.Length == 2 && at.Length > 0 ? at[..at.LastIndexOf('/')] : at;
                continue;
            }

            var next = at + "/" + part;
            if (TargetOf(next) is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return null;
            }

            at = target.StartsWith('/') ? "" : at;
            foreach (var piece in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                left.Push(piece);
            }
        }

        return at;
    }

    private string? TargetOf(string path)
    {
        if (!_links.TryGetValue(path, out var target))
        {
            target = look(OnHost(path)) is { IsLink: true } ? new FileInfo(OnHost(path)).LinkTarget : null;
            _links[path] = target;
        }

        return target;
    }
}
