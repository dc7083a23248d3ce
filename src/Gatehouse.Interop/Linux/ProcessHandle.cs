using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Linux;

/// <summary>A process and no other: its number may be given to another one when it has ended, its descriptor is not.</summary>
public static unsafe class ProcessHandle
{
    private const nint PidfdOpen = 434;
    private const short Readable = 1;

    /// <summary>A descriptor of the process, or null if there is none of that number.</summary>
    public static SafeFileHandle? TryOpen(int pid)
    {
        var descriptor = LibC.pidfd_open(PidfdOpen, pid, 0);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Whether the process has ended.</summary>
    public static bool HasEnded(SafeHandle process)
    {
        ArgumentNullException.ThrowIfNull(process);
        var held = false;
        process.DangerousAddRef(ref held);
        try
        {
            var entry = new LibC.PollEntry { Descriptor = (int)process.DangerousGetHandle(), Wanted = Readable };
            return LibC.poll(&entry, 1, 0) > 0;
        }
        finally
        {
            process.DangerousRelease();
        }
    }
}
