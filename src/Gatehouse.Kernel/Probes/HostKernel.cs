using System.Globalization;

namespace Gatehouse.Kernel;

/// <summary>What /proc says of the running kernel.</summary>
internal static class HostKernel
{
    /// <summary>As <c>uname -r</c> prints it; empty if /proc is not mounted.</summary>
    public static string Release => Read("/proc/sys/kernel/osrelease")?.Trim() ?? "";

    /// <summary>Its first two numbers, or null if there are none.</summary>
    public static Version? Version => VersionOf(Release);

    /// <summary>The lines of /proc/self/mounts; none if it cannot be read.</summary>
    public static IReadOnlyList<string> Mounts() => Read("/proc/self/mounts")?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    internal static Version? VersionOf(string release)
    {
        var numbers = release.Split('.', '-');
        return numbers.Length >= 2
            && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? new Version(major, minor)
            : null;
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
