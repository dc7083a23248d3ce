namespace Gatehouse.Policy;

/// <summary>Rights of <c>process.open</c> and <c>thread.open</c>, each decided by itself.</summary>
public enum OpenRight
{
    /// <summary><c>query</c>.</summary>
    Query = 1,

    /// <summary><c>read-memory</c>.</summary>
    ReadMemory = 2,

    /// <summary><c>write-memory</c>.</summary>
    WriteMemory = 3,

    /// <summary><c>debug</c>.</summary>
    Debug = 4,

    /// <summary><c>duplicate-descriptor</c>.</summary>
    DuplicateDescriptor = 5,

    /// <summary><c>terminate</c>.</summary>
    Terminate = 6,

    /// <summary><c>suspend</c>.</summary>
    Suspend = 7,

    /// <summary><c>resume</c>.</summary>
    Resume = 8,

    /// <summary><c>signal</c>.</summary>
    Signal = 9,

    /// <summary><c>set-scheduling</c>.</summary>
    SetScheduling = 10,

    /// <summary><c>set-limits</c>.</summary>
    SetLimits = 11,

    /// <summary><c>move-memory</c>.</summary>
    MoveMemory = 12,

    /// <summary><c>freeze</c>.</summary>
    Freeze = 13,

    /// <summary><c>kill-group</c>.</summary>
    KillGroup = 14,

    /// <summary><c>oom-adjust</c>.</summary>
    OomAdjust = 15,
}
