namespace Gatehouse.Interop.Linux;

/// <summary>The events of fanotify that we use, as in linux/fanotify.h.</summary>
[Flags]
#pragma warning disable CA1028 // The kernel's mask has 64 bits.
public enum FanotifyMask : ulong
#pragma warning restore CA1028
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A file that was open for writing was closed.</summary>
    CloseWrite = 0x8,

    /// <summary>Events were lost. Cannot happen to a group without a limit.</summary>
    QueueOverflow = 0x4000,

    /// <summary>A file is to be opened, for whatever.</summary>
    OpenPermission = 0x10000,

    /// <summary>A file is to be opened for execution. The kernel asks this first, and <see cref="OpenPermission"/> after it.</summary>
    OpenExecPermission = 0x40000,
}
