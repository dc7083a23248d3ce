using System.Text;

namespace Gatehouse.Trust;

/// <summary>Reads dpkg's files as lines.</summary>
internal static class DpkgText
{
    /// <summary>Lines of a file; null if there is none.</summary>
    /// <remarks>
    /// Names that are no UTF-8 get U+FFFD: .NET could not open such a file. They lead to no file, or to one whose content does
    /// not fit, and are not recorded. Closed.
    /// </remarks>
    /// <exception cref="PackageDatabaseException">It is there and cannot be read.</exception>
    public static IReadOnlyList<string>? TryLines(string path)
    {
        try
        {
            // Not File.ReadLines: a carriage return may be part of a name.
            var lines = File.ReadAllText(path, Encoding.UTF8).Split('\n');
            return lines[^1].Length == 0 ? lines[..^1] : lines;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PackageDatabaseException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
