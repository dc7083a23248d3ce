namespace Gatehouse.Trust;

/// <summary>How packages are scanned.</summary>
public sealed record ScanOptions
{
    /// <summary>Root of the file system that the packages are installed in.</summary>
    public string Root { get; init; } = "/";

    /// <summary>Record files that are not what their packages brought, or of which nobody knows that, too.</summary>
    public bool AcceptChanged { get; init; }

    /// <summary>Files hashed at the same time.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// What an earlier scan saw: files of the same package and version whose inode, size, mtime and ctime are as then keep the
    /// digests that <see cref="Known"/> has for them, unread. Null: every file is read.
    /// </summary>
    /// <remarks>Believes the clock and the file system. A lie keeps a digest that is trusted already; it can add none.</remarks>
    public ScanState? Earlier { get; init; }

    /// <summary>The database that <see cref="Earlier"/> belongs to.</summary>
    public TrustDatabase Known { get; init; } = TrustDatabase.Empty;
}
