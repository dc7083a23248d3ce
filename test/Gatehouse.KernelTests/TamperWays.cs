namespace Gatehouse.KernelTests;

/// <summary>Which ways of the attack program `tamper` the shield leaves open. docs/limitations.md has the reasons.</summary>
internal static class TamperWays
{
    /// <summary>Of settings and clocks it keeps those by which enforcement ends; the rest is for class kernel.</summary>
    private static readonly HashSet<string> s_closedSettings = new(StringComparer.Ordinal)
    {
        "ftrace-enabled", "sysrq", "core-pattern", "modprobe-path", "hotplug-path", "poweroff-path", "sysrq-trigger", "sysrq-second-proc",
        "old-setting", "old-setting-sendfile",
    };

    private static readonly HashSet<string> s_open = new(StringComparer.Ordinal)
    {
        // No hook sees them, or they have another purpose.
        "fanotify-deny", "chown-parent", "label", "remount-read-only", "bind-remount-read-only", "bind-remount-noexec", "setattr-read-only",
        "setattr-noexec", "fsconfig-read-only", "change-propagation", "memory-device", "ioperm", "iopl",
    };

    /// <summary>Open to who had a descriptor before the seal: the loop driver of some kernels writes to its file without asking.</summary>
    public static IReadOnlySet<string> OpenFromBefore { get; } =
        new HashSet<string>(StringComparer.Ordinal) { "old-descriptor-loop", "old-loop-over-file" };

    public static bool IsOpen(string way, string kind) => kind switch
    {
        "harmless" => true,
        "setting" => !s_closedSettings.Contains(way) && !way.StartsWith("setting-", StringComparison.Ordinal),
        "clock" => true,
        _ => s_open.Contains(way),
    };

    /// <summary>Of BPF objects: looking at a link or through a pin of one changes nothing, and a program that only denies takes nothing away.</summary>
    public static IReadOnlySet<string> OpenObjects { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "pins-remount-read-only", "pin-get", "pin-get-bound", "pin-get-symlink", "pin-get-detached", "link-by-id", "link-pin", "cgroup-sysctl",
        "cgroup-device", "perf-kprobe", "perf-uprobe",
    };

    /// <summary>What the neighbour suffers with the guarded: these concern the host as a whole.</summary>
    public static bool ConcernsAll(string way, string kind) =>
        (kind is "setting" && !IsOpen(way, kind)) || way is "move-over-folder" or "move-mount-away" or "emergency-read-only";
}
