using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// Spellings that the host resolves paths of the policy to: /bin/sh is also called /usr/bin/sh where /bin is a link. None
/// when a policy is compiled; the host's when an image is linked.
/// </summary>
internal sealed class PathLinks
{
    /// <summary>Longest path of Linux without its terminator.</summary>
    private const int MaxResolvedBytes = 4095;

    private readonly Dictionary<string, string> _resolved = new(StringComparer.Ordinal);
    private readonly ILookup<string, string> _paths;

    public PathLinks(IEnumerable<KeyValuePair<string, string>> resolved)
    {
        foreach (var (path, spelling) in resolved)
        {
            if (!string.Equals(path, spelling, StringComparison.Ordinal)
                && spelling.StartsWith('/')
                && Encoding.UTF8.GetByteCount(spelling) <= MaxResolvedBytes)
            {
                _resolved[path] = spelling;
            }
        }

        _paths = _resolved.ToLookup(r => r.Value, r => r.Key, StringComparer.Ordinal);
    }

    /// <summary>The paths of the policy that were resolved to a spelling.</summary>
    public IEnumerable<string> PathsOf(string spelling) => _paths[spelling];

    public static PathLinks None { get; } = new([]);

    /// <summary>The other spelling of a whole path, or null.</summary>
    public string? OfPath(string path) => _resolved.GetValueOrDefault(path);

    /// <summary>The other spelling of a prefix, or null: the folder's, and then what follows.</summary>
    public string? OfPrefix(string prefix)
    {
        var folder = FolderOf(prefix);
        return folder is null || OfPath(folder) is not { } spelling
            ? null
            : (spelling.Length == 1 ? "" : spelling) + prefix[folder.Length..];
    }

    /// <summary>The folder that a prefix lies in, or null if that is the root, which is never a link.</summary>
    public static string? FolderOf(string prefix)
    {
        var slash = prefix.LastIndexOf('/');
        return slash > 0 && prefix[0] == '/' ? prefix[..slash] : null;
    }
}
