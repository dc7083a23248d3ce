namespace Gatehouse.Trust;

/// <summary>Where the database and the host differ.</summary>
/// <param name="Problem">How.</param>
/// <param name="Path">The file.</param>
/// <param name="Origin">As the database spells it: package and version, or the signer's key, or "-".</param>
/// <param name="Detail">In words.</param>
public sealed record VerifyFinding(VerifyProblem Problem, string Path, string Origin, string Detail);

/// <summary>How the database and the host differ.</summary>
public enum VerifyProblem
{
    /// <summary>The file is not what is recorded.</summary>
    Changed,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>It is there and cannot be read, or its module not unpacked.</summary>
    Unreadable,

    /// <summary>A package owns it, it could be loaded, and it is not recorded.</summary>
    Unrecorded,
}
