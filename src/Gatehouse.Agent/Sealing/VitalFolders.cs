namespace Gatehouse.Agent.Sealing;

/// <summary>Folders that a host cannot go on without changing.</summary>
internal static class VitalFolders
{
    private static readonly string[] s_folders =
    [
        "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys",
        "/sys/fs", "/sys/fs/bpf", "/sys/fs/cgroup", "/sys/kernel", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/local",
        "/usr/local/bin", "/usr/local/lib", "/usr/sbin", "/usr/share", "/var", "/var/cache", "/var/lib", "/var/lib/dpkg", "/var/lib/rpm",
        "/var/lib/systemd", "/var/log", "/var/run", "/var/spool", "/var/tmp", "/etc/systemd", "/etc/systemd/system", "/usr/lib/systemd",
        "/usr/lib/systemd/system", "/dev/shm", "/run/systemd", "/run/user", "/etc/ssh", "/etc/pam.d", "/etc/security",
    ];

    /// <summary>Why a folder must not be guarded as a whole; null: it may.</summary>
    /// <param name="folder">Its real path.</param>
    public static string? WhyNot(string folder)
    {
        var path = folder.Length > 1 ? folder.TrimEnd('/') : folder;
        if (!Path.IsPathFullyQualified(path))
        {
            return $"{folder} is not an absolute path";
        }

        return s_folders.Contains(path, StringComparer.Ordinal)
            ? $"{folder} is a folder that the host itself must be able to change; guard a folder below it"
            : path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/dev/", StringComparison.Ordinal)
            ? $"{folder} is the kernel's"
            : null;
    }
}
