using System.Globalization;
using System.Text;

namespace Gatehouse.Trust;

/// <summary>What a scan saw of packages and files. It saves work and grants nothing, so it is neither signed nor needed.</summary>
public sealed class ScanState
{
    private const string Magic = "gatehouse-trust-state 1";

    /// <summary>Of a database that was never scanned.</summary>
    public static ScanState Empty { get; } = new("", [], []);

    internal ScanState(string arrangement, IEnumerable<InstalledPackage> packages, IEnumerable<(string Path, FileFacts Facts)> files)
    {
        Arrangement = arrangement;
        Packages = packages.ToDictionary(static p => p.Name, StringComparer.Ordinal);
        Files = files.DistinctBy(static f => f.Path, StringComparer.Ordinal).ToDictionary(static f => f.Path, static f => f.Facts, StringComparer.Ordinal);
    }

    /// <summary>Of the package database.</summary>
    public string Arrangement { get; }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, InstalledPackage> Packages { get; }

    /// <summary>Recorded files by path.</summary>
    public IReadOnlyDictionary<string, FileFacts> Files { get; }

    /// <summary>Reads it; empty if it is not there or not understood, which costs a scan of everything and no more.</summary>
    public static ScanState Read(string path)
    {
        try
        {
            var lines = File.ReadAllText(path).Split('\n');
            if (!string.Equals(lines[0], Magic, StringComparison.Ordinal) || !string.Equals(lines[^1], "end", StringComparison.Ordinal))
            {
                return Empty;
            }

            var words = lines[2..^1].Select(static l => l.Split('\t')).ToList();
            return new ScanState(
                lines[1],
                words.Where(static w => w[0] is "package").Select(static w => new InstalledPackage(w[1], w[2], w[3])),
                words.Where(static w => w[0] is "file").Select(static w => (PathText.Unescape(w[7]).Path!, Facts(w))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException
            or IndexOutOfRangeException or ArgumentException)
        {
            return Empty;
        }
    }

    /// <summary>Writes it.</summary>
    /// <exception cref="IOException">It failed.</exception>
    /// <exception cref="UnauthorizedAccessException">It failed.</exception>
    public void Write(string path, Action<string> flushDirectory)
    {
        var text = new StringBuilder();
        text.Append(Magic).Append('\n').Append(Arrangement).Append('\n');
        foreach (var package in Packages.Values.OrderBy(static p => p.Name, StringComparer.Ordinal))
        {
            text.Append("package\t").Append(package.Name).Append('\t').Append(package.Version).Append('\t').Append(package.Stamp).Append('\n');
        }

        foreach (var (file, f) in Files.OrderBy(static f => f.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"file\t{f.Device}\t{f.Inode}\t{f.Mode}\t{f.Size}\t{f.ModifiedNanoseconds}\t{f.ChangedNanoseconds}\t")
                .Append(PathText.Escape(file)).Append('\n');
        }

        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text.Append("end").ToString()), flushDirectory);
    }

    private static FileFacts Facts(string[] words) => new(
        ulong.Parse(words[1], CultureInfo.InvariantCulture),
        ulong.Parse(words[2], CultureInfo.InvariantCulture),
        uint.Parse(words[3], CultureInfo.InvariantCulture),
        long.Parse(words[4], CultureInfo.InvariantCulture),
        long.Parse(words[5], CultureInfo.InvariantCulture),
        long.Parse(words[6], CultureInfo.InvariantCulture));
}
