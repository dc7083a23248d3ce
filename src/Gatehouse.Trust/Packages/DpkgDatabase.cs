using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Trust;

/// <summary>dpkg's database below a root directory.</summary>
/// <param name="root">The root of the file system that the packages are installed in.</param>
/// <param name="look">Looks at a file.</param>
public sealed class DpkgDatabase(string root, LookAtFile look) : IPackageDatabase
{
    private readonly string _directory = Path.Combine(root, "var/lib/dpkg");
    private readonly Dictionary<string, DpkgPackage> _packages = new(StringComparer.Ordinal);
    private DpkgDiversions? _diversions;
    private string _arrangement = "";

    /// <inheritdoc />
    public string Name => "dpkg";

    /// <inheritdoc />
    public string Arrangement
    {
        get
        {
            _ = Diversions;
            return _arrangement;
        }
    }

    private DpkgDiversions Diversions => _diversions ??= ReadDiversions();

    /// <inheritdoc />
    public IReadOnlyList<InstalledPackage> ReadPackages()
    {
        var status = Path.Combine(_directory, "status");
        var lines = DpkgText.TryLines(status)
            ?? throw new PackageDatabaseException($"there is no {status}: this is no root file system with dpkg");
        var installed = new List<InstalledPackage>();
        foreach (var package in DpkgPackage.Parse(lines).Where(static p => p.IsUnpacked))
        {
            // Packages that can be installed for several architectures at once have the architecture in the names of their files.
            var name = package.SameForMulti ? $"{package.Package}:{package.Architecture}" : package.Package;
            if (name.Contains('/', StringComparison.Ordinal) || Stamp(InfoFile(name, "list")) is not { } stamp)
            {
                throw new PackageDatabaseException($"{InfoFile(name, "list")} is missing, although {status} has the package; `dpkg --audit` says more");
            }

            _packages[name] = package;
            installed.Add(new InstalledPackage(name, package.Version, stamp));
        }

        installed.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return installed;
    }

    /// <inheritdoc />
    public IReadOnlyList<PackageFile> ReadFiles(InstalledPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        if (!_packages.TryGetValue(package.Name, out var known))
        {
            throw new PackageDatabaseException($"{package.Name} is not among the packages that were read");
        }

        var list = InfoFile(package.Name, "list");
        var paths = DpkgText.TryLines(list) ?? throw new PackageDatabaseException($"{list} is gone");
        var sums = DpkgSums.Parse(DpkgText.TryLines(InfoFile(package.Name, "md5sums")) ?? []);
        return [.. paths
            .Where(static p => p.Length > 1 && p[0] == '/' && !string.Equals(p, "/.", StringComparison.Ordinal))
            .Select(p => new PackageFile(Diversions.PlaceOf(p, known.Package), Reference(p, sums, known)))];
    }

    // The sums are listed under the names before diversions; those of configuration files stand in the status file.
    private static ReferenceDigest? Reference(string path, Dictionary<string, string> sums, DpkgPackage package) =>
        sums.TryGetValue(path, out var sum) || package.ConfigurationFiles.TryGetValue(path, out sum)
            ? new ReferenceDigest(HashAlgorithmName.MD5, sum)
            : null;

    private string InfoFile(string package, string kind) => Path.Combine(_directory, "info", $"{package}.{kind}");

    private string? Stamp(string file) => look(file)?.ModifiedNanoseconds.ToString(CultureInfo.InvariantCulture);

    private DpkgDiversions ReadDiversions()
    {
        var file = Path.Combine(_directory, "diversions");
        var lines = DpkgText.TryLines(file) ?? [];
        _arrangement = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
        return DpkgDiversions.Parse(lines, file);
    }
}
