using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>Asks for a limit that nobody sets, of processor time, and takes it back if it was given.</summary>
public static class LimitTrial
{
    /// <summary>Seconds; "gateho" as a number, which bpf/hooks/setting.c knows. Four million years.</summary>
    private const ulong Mark = 0x6f6865746167;
    private const ulong Infinity = ulong.MaxValue;
    private const int ProcessorTime = 0;

    /// <summary>Sets the limit of this process. Returns 0 or the errno of prlimit(2).</summary>
    public static unsafe int Set()
    {
        // The limit, and up to where it may be raised.
        var next = stackalloc ulong[2] { Mark, Infinity };
        var before = stackalloc ulong[2];
        if (LibC.prlimit(0, ProcessorTime, next, before) != 0)
            return Marshal.GetLastPInvokeError();
        _ = LibC.prlimit(0, ProcessorTime, before, null);
        return 0;
    }
}
