using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Linux;

/// <summary>
/// A timer of the kernel that kills this process when it expires. The kernel does it alone: also when every thread of the process
/// is stopped, frozen (cgroup v2) or waits for a lock.
/// </summary>
/// <remarks>Thread-safe. CLOCK_MONOTONIC, so time in suspend does not count. A timer is not inherited by a fork or kept over an exec.</remarks>
public sealed unsafe class PosixTimer : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int Monotonic = 1;
    private const int NotifyBySignal = 0;
    private const int Kill = 9;

    // The C library's timer is the kernel's number for plain signals, so 0 is a timer; one more is kept, for 0 to be none.
    private PosixTimer(nint timer)
        : base(ownsHandle: true) => SetHandle(timer + 1);

    /// <summary>Makes a timer that is not set.</summary>
    /// <exception cref="InteropException">timer_create failed.</exception>
    public static PosixTimer CreateKilling()
    {
        var signal = new LibC.SignalEvent { Signal = Kill, Notify = NotifyBySignal };
        nint timer;
        return LibC.timer_create(Monotonic, &signal, &timer) == 0
            ? new PosixTimer(timer)
            : throw new InteropException("timer_create", Marshal.GetLastPInvokeError());
    }

    /// <summary>The process is killed this long from now, unless this is called again before.</summary>
    /// <param name="after">Zero: it is not killed.</param>
    /// <exception cref="InteropException">timer_settime failed.</exception>
    public void Set(TimeSpan after)
    {
        var held = false;
        DangerousAddRef(ref held);
        try
        {
            var setting = new LibC.TimerSetting
            {
                Seconds = after.Ticks / TimeSpan.TicksPerSecond,
                Nanoseconds = after.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
            };
            if (LibC.timer_settime(handle - 1, 0, &setting, null) != 0)
                throw new InteropException("timer_settime", Marshal.GetLastPInvokeError());
        }
        finally
        {
            DangerousRelease();
        }
    }

    /// <inheritdoc />
    protected override bool ReleaseHandle() => LibC.timer_delete(handle - 1) == 0;
}
