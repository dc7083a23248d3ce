namespace Gatehouse.Agent.Enforcement;

/// <summary>Follows symbolic links in every part of a path, without opening anything (a path may name a FIFO or a device).</summary>
internal static class PathResolver
{
    // As in the kernel (MAXSYMLINKS).
    private const int MaximumLinks = 40;

    /// <returns>The path without links, or null if a part is missing or the links go in a circle.</returns>
    public static string? Resolve(string path)
    {
        var links = 0;
        var resolved = "/";
        var rest = new Stack<string>(Parts(path));
        while (rest.TryPop(out var part))
        {
            if (string.Equals(part, "..", StringComparison.Ordinal))
            {
                resolved = Path.GetDirectoryName(resolved) ?? "/";
                continue;
            }

            var next = Path.Combine(resolved, part);
            var target = ReadLink(next);
            if (target is null)
            {
                if (!Path.Exists(next))
                {
                    return null;
                }

                resolved = next;
                continue;
            }

            if (++links > MaximumLinks)
            {
                return null;
            }

            resolved = target.StartsWith('/') ? "/" : resolved;
            foreach (var inner in Parts(target))
            {
                rest.Push(inner);
            }
        }

        return resolved;
    }

    private static string? ReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Where(static p => !string.Equals(p, ".", StringComparison.Ordinal))
            .Reverse();
}
