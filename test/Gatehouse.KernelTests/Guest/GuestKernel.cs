using System.Globalization;

namespace Gatehouse.KernelTests.Guest;

/// <summary>What differs between the kernels that the tests run on.</summary>
internal static class GuestKernel
{
    public static Version Version { get; } = Read();

    /// <summary>
    /// /proc/PID/maps and environ are open to CAP_PERFMON whatever ptrace_access_check answers; since 6.15, measured on 7.2 and
    /// not on 6.12.
    /// </summary>
    public static bool IgnoresHookForReaders => Version >= new Version(6, 15);

    private static Version Read()
    {
        var release = File.ReadAllText("/proc/sys/kernel/osrelease").Split('.', '-', '+');
        return new Version(int.Parse(release[0], CultureInfo.InvariantCulture), int.Parse(release[1], CultureInfo.InvariantCulture));
    }
}
