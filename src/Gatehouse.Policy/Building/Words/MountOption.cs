namespace Gatehouse.Policy;

/// <summary>Flags of a mount.</summary>
public enum MountOption
{
    /// <summary><c>read-only</c>.</summary>
    ReadOnly = 1,

    /// <summary><c>no-suid</c>: the set-user-id bit has no effect.</summary>
    NoSuid = 2,

    /// <summary><c>no-dev</c>: device files cannot be opened.</summary>
    NoDev = 3,

    /// <summary><c>no-exec</c>: nothing on it can be executed.</summary>
    NoExec = 4,
}
