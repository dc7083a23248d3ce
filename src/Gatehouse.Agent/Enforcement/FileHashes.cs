using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Gatehouse.Agent.Enforcement;

/// <summary>
/// SHA-256 of files that hardly ever change: tens of megabytes in all. Kept by what changes when a package is upgraded.
/// Thread-safe.
/// </summary>
internal sealed class FileHashes
{
    private readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> _known = new();

    /// <returns>Lower-case hex, or null if the file cannot be read: an unknown hash is answered by the rule's onMiss, here as in the kernel.</returns>
    public string? Of(string path)
    {
        try
        {
            var info = new FileInfo(path);
            var version = (path, info.Length, info.LastWriteTimeUtc);
            if (!_known.TryGetValue(version, out var hash))
            {
                using var stream = info.OpenRead();
                hash = Convert.ToHexStringLower(SHA256.HashData(stream));
                _known[version] = hash;
            }

            return hash;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
