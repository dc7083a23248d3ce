namespace Gatehouse.Trust;

/// <summary>dpkg's <c>diversions</c>: files of packages that another package, or the owner, has moved aside.</summary>
internal sealed class DpkgDiversions
{
    private readonly Dictionary<string, (string To, string Package)> _byPath;

    private DpkgDiversions(Dictionary<string, (string To, string Package)> byPath) => _byPath = byPath;

    /// <summary>Three lines each: where the file was, where it is, and the package whose own file stays; ":" for the owner.</summary>
    /// <exception cref="PackageDatabaseException">The file breaks off.</exception>
    public static DpkgDiversions Parse(IReadOnlyList<string> lines, string file)
    {
        if (lines.Count % 3 != 0)
        {
            throw new PackageDatabaseException($"{file} breaks off: it has {lines.Count} lines, and each diversion three");
        }

        var byPath = new Dictionary<string, (string To, string Package)>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Count; i += 3)
        {
            byPath[lines[i]] = (lines[i + 1], lines[i + 2]);
        }

        return new DpkgDiversions(byPath);
    }

    /// <summary>Where a file of a package is.</summary>
    /// <param name="path">Where the package lists it.</param>
    /// <param name="package">The package, without its architecture.</param>
    public string PlaceOf(string path, string package) =>
        _byPath.TryGetValue(path, out var diversion) && !string.Equals(diversion.Package, package, StringComparison.Ordinal)
            ? diversion.To
            : path;
}
