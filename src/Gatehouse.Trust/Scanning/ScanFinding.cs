namespace Gatehouse.Trust;

/// <summary>A file that was not recorded, or a digest of it, and why.</summary>
/// <param name="Problem">What is wrong.</param>
/// <param name="Path">The file.</param>
/// <param name="Package">Who owns it.</param>
/// <param name="Detail">In words.</param>
public sealed record ScanFinding(ScanProblem Problem, string Path, string Package, string Detail);

/// <summary>Why a file was not recorded.</summary>
public enum ScanProblem
{
    /// <summary>It is not what its package brought.</summary>
    Changed,

    /// <summary>The package database does not say what it should be.</summary>
    NoReference,

    /// <summary>It cannot be read.</summary>
    Unreadable,

    /// <summary>The module in it cannot be unpacked; the file itself is recorded.</summary>
    NotUnpacked,
}
