using Gatehouse.Interop.Linux;

namespace Gatehouse.Kernel;

/// <summary>What can be done with a host on which enforcement cannot be proven any more.</summary>
public static class HostResponse
{
    /// <summary>Takes a network interface down: nothing goes in or out by it. Needs CAP_NET_ADMIN.</summary>
    /// <param name="name">Its name, of this process's network namespace.</param>
    /// <returns>Why it could not; null: done.</returns>
    public static string? TakeDown(string name)
    {
        var error = NetworkInterface.TakeDown(name);
        return error == 0 ? null : Errno.Describe(error);
    }

    /// <summary>
    /// Crashes the kernel by <c>/proc/sysrq-trigger</c>, or restarts the host at once if that is refused. Nothing is written back. Needs CAP_SYS_BOOT for
    /// the second. Returns only if neither could be done.
    /// </summary>
    public static void CrashOrRestart()
    {
        try
        {
            File.WriteAllText("/proc/sysrq-trigger", "c");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A shield that works still keeps everybody from there.
        }

        _ = Host.RestartAtOnce();
    }
}
