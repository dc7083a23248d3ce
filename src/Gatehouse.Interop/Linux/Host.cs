using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>What ends the whole host.</summary>
public static class Host
{
    /// <summary>LINUX_REBOOT_CMD_RESTART of linux/reboot.h.</summary>
    private const int Restart = 0x01234567;

    /// <summary>Restarts at once, without writing anything back. Needs CAP_SYS_BOOT. Returns only if that failed: the errno.</summary>
    public static int RestartAtOnce() => LibC.reboot(Restart) == 0 ? 0 : Marshal.GetLastPInvokeError();
}
