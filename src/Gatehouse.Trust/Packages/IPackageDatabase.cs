using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>Knows which package owns which file, and what the file should be.</summary>
public interface IPackageDatabase
{
    /// <summary>What it is called, for messages.</summary>
    string Name { get; }

    /// <summary>All packages whose files are in place.</summary>
    /// <exception cref="PackageDatabaseException">It cannot be read.</exception>
    IReadOnlyList<InstalledPackage> ReadPackages();

    /// <summary>The files of a package, as it lists them: directories and links may be among them.</summary>
    /// <exception cref="PackageDatabaseException">It cannot be read.</exception>
    IReadOnlyList<PackageFile> ReadFiles(InstalledPackage package);

    /// <summary>Changes with everything that moves files of packages without changing these packages.</summary>
    string Arrangement { get; }
}

/// <summary>A package whose files are in place.</summary>
/// <param name="Name">As the database tells packages apart, such as <c>libc6:amd64</c>.</param>
/// <param name="Version">Its version.</param>
/// <param name="Stamp">Changes when the package is installed again, also in the same version.</param>
public sealed record InstalledPackage(string Name, string Version, string Stamp);

/// <summary>A file of a package.</summary>
/// <param name="Path">Where it is, after diversions.</param>
/// <param name="Reference">What its content should be; null if the database does not say.</param>
public sealed record PackageFile(string Path, ReferenceDigest? Reference);

/// <summary>What a package database says that a file's content is.</summary>
/// <param name="Algorithm">The hash.</param>
/// <param name="Hex">Lower-case hexadecimal.</param>
public sealed record ReferenceDigest(HashAlgorithmName Algorithm, string Hex);
