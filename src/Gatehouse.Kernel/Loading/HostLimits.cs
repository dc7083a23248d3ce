using System.Globalization;

namespace Gatehouse.Kernel.Loading;

/// <summary>How much of something the kernel lets there be.</summary>
internal static class HostLimits
{
    private const string ThreadsMax = "/proc/sys/kernel/threads-max";

    /// <summary>Processes and threads of the whole host; null if it cannot be read.</summary>
    public static uint? Threads
    {
        get
        {
            try
            {
                return uint.TryParse(File.ReadAllText(ThreadsMax).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var threads)
                    ? threads
                    : null;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
