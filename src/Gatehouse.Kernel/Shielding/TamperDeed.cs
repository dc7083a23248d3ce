namespace Gatehouse.Kernel.Shielding;

/// <summary>What is refused to all but those who keep it, and what the agent must know; numbers as in <c>enum gh_deed</c>.</summary>
public enum TamperDeed
{
    /// <summary>Not known to this version.</summary>
    Unknown = 0,

    /// <summary>To change the content of a guarded file: by opening, writing or mapping.</summary>
    Write = 1,

    /// <summary>To remove, rename or link a guarded file, or to make one in a guarded folder.</summary>
    Name = 2,

    /// <summary>To change owner, mode, times, flags or extended attributes.</summary>
    Attributes = 3,

    /// <summary>To mount over what is guarded, or to take its mount away.</summary>
    Mount = 4,

    /// <summary>To write to the block device beneath, to reconfigure it, or to freeze or shut down the file system.</summary>
    Device = 5,

    /// <summary>To get hold of a map or program of Gatehouse.</summary>
    BpfObject = 6,

    /// <summary>To load a BPF program of a type that could blind Gatehouse or end it.</summary>
    BpfProgram = 7,

    /// <summary>To write to a setting that switches enforcement off.</summary>
    Setting = 8,

    /// <summary>To bring code into the agent that is not its own: a library that is not guarded. The agent goes on without it.</summary>
    Code = 9,

    /// <summary>To trace the agent or to reach into its memory.</summary>
    Agent = 10,

    /// <summary>Not refused: a process that would be a member of a group has code that the group does not keep, and is none.</summary>
    Standing = 11,

    /// <summary>Not refused: a member replaced, renamed or removed a file that is protected by name. What stands there now is to be found out.</summary>
    Update = 12,
}
