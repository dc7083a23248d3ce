using System.Globalization;
using Gatehouse.Interop;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Interop.Linux;
using Gatehouse.Kernel.Shielding;

namespace Gatehouse.Kernel;

/// <summary>
/// Finds out whether this host can enforce, and what to do if not. Changes nothing: the probes load at most a program
/// that the kernel refuses on purpose, attach nothing and set no mark.
/// </summary>
public static class KernelProbes
{
    private static readonly Version s_minimumKernel = new(6, 1);

    /// <summary>Runs all probes, in the order in which a person would mend what is missing.</summary>
    public static IReadOnlyList<ProbeResult> RunAll() =>
    [
        KernelVersion(),
        Library(),
        Capabilities(),
        Btf(),
        LsmList(),
        LsmPrograms(),
        Storage(),
        Ftrace(),
        BpfFileSystem(),
        Ima(),
        Fanotify(),
    ];

    private static ProbeResult KernelVersion()
    {
        var release = HostKernel.Release;
        var answer = HostKernel.Version is not { } version ? ProbeAnswer.Unknown
            : version >= s_minimumKernel ? ProbeAnswer.Yes
            : ProbeAnswer.No;
        return new("kernel-version", "Linux 6.1 or newer", answer, true, $"running {release}", answer == ProbeAnswer.Yes ? null :
            "install a newer kernel: on Debian 12, apt-get install linux-image-amd64, then reboot");
    }

    private static ProbeResult Library() => Guarded("libbpf", "libbpf 1.1 or newer", () =>
    {
        var text = LibBpfRuntime.VersionText;
        var good = Version.TryParse(text.TrimStart('v'), out var version) && version >= LibBpfRuntime.MinimumVersion;
        return (good ? ProbeAnswer.Yes : ProbeAnswer.No, $"libbpf.so.1 says {text}");
    }, "apt-get install libbpf1");

    private static ProbeResult Capabilities()
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(static l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        if (line is null || !ulong.TryParse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var effective))
            return new("capabilities", "Capabilities", ProbeAnswer.Unknown, true, "/proc/self/status has no CapEff line", "mount /proc");
        // linux/capability.h: SYS_ADMIN 21, SYS_RESOURCE 24, MAC_ADMIN 33, PERFMON 38, BPF 39
        (string Name, int Bit)[] needed = [("CAP_SYS_ADMIN", 21), ("CAP_SYS_RESOURCE", 24), ("CAP_PERFMON", 38), ("CAP_BPF", 39)];
        var missing = needed.Where(n => (effective & (1ul << n.Bit)) == 0).Select(static n => n.Name).ToList();
        return missing.Count == 0
            ? new("capabilities", "Capabilities", ProbeAnswer.Yes, true, "all that are needed", null)
            : new("capabilities", "Capabilities", ProbeAnswer.No, true, "missing: " + string.Join(", ", missing), "run as root (sudo)");
    }

    private static ProbeResult Btf()
    {
        const string Path = "/sys/kernel/btf/vmlinux";
        return File.Exists(Path)
            ? new("btf", "Type information of the kernel (BTF)", ProbeAnswer.Yes, true, Path, null)
            : new("btf", "Type information of the kernel (BTF)", ProbeAnswer.No, true, $"{Path} is not there",
                "run a kernel built with CONFIG_DEBUG_INFO_BTF=y (all of Debian's are), with /sys mounted");
    }

    private static ProbeResult LsmList()
    {
        const string Path = "/sys/kernel/security/lsm";
        const string Title = "bpf among the active LSMs";
        if (ReadLine(Path) is not { } list)
        {
            return new("lsm-list", Title, ProbeAnswer.Unknown, true, $"{Path} cannot be read",
                "mount -t securityfs securityfs /sys/kernel/security, as root");
        }
        if (list.Split(',').Contains("bpf", StringComparer.Ordinal))
            return new("lsm-list", Title, ProbeAnswer.Yes, true, list, null);
        return new("lsm-list", Title, ProbeAnswer.No, true, $"{list}: programs would attach and never be called",
            $"boot with lsm={list},bpf: put it into GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub and reboot");
    }

    private static ProbeResult LsmPrograms() => Guarded("bpf-lsm-load", "BPF LSM programs can be loaded",
        static () => FromProbe(LibBpfRuntime.ProbeLsmPrograms(), "BPF_PROG_TYPE_LSM"),
        Directory.Exists(KernelShield.DefaultPinRoot)
            ? "a sealed host refuses that to everybody but the agent: ask `gatehouse status`"
            : "run a kernel built with CONFIG_BPF_LSM=y, as root; in a container or sandbox, run on the host instead");

    private static ProbeResult Storage() => Guarded("storage", "Task and inode storage", static () =>
    {
        var (task, taskText) = FromProbe(LibBpfRuntime.ProbeTaskStorage(), "BPF_MAP_TYPE_TASK_STORAGE");
        var (inode, inodeText) = FromProbe(LibBpfRuntime.ProbeInodeStorage(), "BPF_MAP_TYPE_INODE_STORAGE");
        return (task == ProbeAnswer.Yes ? inode : task, $"{taskText}; {inodeText}");
    }, "run a kernel built with CONFIG_BPF_LSM=y, version 5.11 or newer, as root", required: false);

    private static ProbeResult Ftrace()
    {
        const string Path = "/proc/sys/kernel/ftrace_enabled";
        const string Title = "ftrace is on (LSM programs hang on it)";
        return ReadLine(Path) switch
        {
            "1" => new("ftrace", Title, ProbeAnswer.Yes, true, $"{Path} is 1", null),
            null => new("ftrace", Title, ProbeAnswer.No, true, $"{Path} is not there",
                "run a kernel built with CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y"),
            var value => new("ftrace", Title, ProbeAnswer.No, true, $"{Path} is {value}: attached programs are not called",
                "sysctl kernel.ftrace_enabled=1, then find out who switched it off; if attaching fails afterwards, reboot"),
        };
    }

    private static ProbeResult BpfFileSystem()
    {
        var mounted = File.ReadLines("/proc/self/mounts").Any(static l => l.Split(' ') is [_, "/sys/fs/bpf", "bpf", ..]);
        return mounted
            ? new("bpffs", "bpffs, where links are pinned", ProbeAnswer.Yes, true, "/sys/fs/bpf", null)
            : new("bpffs", "bpffs, where links are pinned", ProbeAnswer.No, true, "nothing of type bpf is mounted on /sys/fs/bpf",
                "mount -t bpf bpf /sys/fs/bpf");
    }

    private static ProbeResult Ima() => Guarded("ima", "IMA, which computes SHA-256 in the kernel", static () =>
    {
        using var btf = new VmlinuxBtf();
        if (btf.ParameterCount("ima_file_hash") is null)
            return (ProbeAnswer.No, "the kernel has no ima_file_hash");
        var commandLine = ReadLine("/proc/cmdline") ?? "";
        var other = commandLine.Split(' ').FirstOrDefault(static w => w.StartsWith("ima_hash=", StringComparison.Ordinal) && !string.Equals(w, "ima_hash=sha256", StringComparison.Ordinal));
        return other is null ? (ProbeAnswer.Yes, "ima_file_hash, SHA-256") : (ProbeAnswer.No, $"booted with {other}");
    }, "run a kernel built with CONFIG_IMA=y, without another ima_hash= than sha256 on its command line", required: false);

    private static ProbeResult Fanotify()
    {
        var error = FanotifyProbe.TryContentClass();
        return error == 0
            ? new("fanotify", "fanotify permission events", ProbeAnswer.Yes, false, "fanotify_init(FAN_CLASS_CONTENT) succeeded", null)
            : new("fanotify", "fanotify permission events", ProbeAnswer.No, false, $"fanotify_init(FAN_CLASS_CONTENT): {Errno.Describe(error)}",
                error == Errno.NotPermitted ? "run as root (sudo)" : "run a kernel built with CONFIG_FANOTIFY_ACCESS_PERMISSIONS=y");
    }

    /// <summary>libbpf's three answers as ours: 1 yes, 0 no, negative errno: not found out.</summary>
    private static (ProbeAnswer Answer, string Detail) FromProbe(int result, string what) => result switch
    {
        > 0 => (ProbeAnswer.Yes, $"{what}: yes"),
        0 => (ProbeAnswer.No, $"{what}: refused by this kernel"),
        -Errno.NotPermitted => (ProbeAnswer.No, $"{what}: {Errno.Describe(Errno.NotPermitted)}"),
        _ => (ProbeAnswer.Unknown, $"{what}: {Errno.Describe(-result)}"),
    };

    private static ProbeResult Guarded(
        string name, string title, Func<(ProbeAnswer Answer, string Detail)> probe, string remedy, bool required = true)
    {
        try
        {
            var (answer, detail) = probe();
            return new(name, title, answer, required, detail, answer == ProbeAnswer.Yes ? null : remedy);
        }
        catch (DllNotFoundException)
        {
            return new(name, title, ProbeAnswer.Unknown, required, "libbpf.so.1 is not installed", "apt-get install libbpf1");
        }
        catch (InteropException failure)
        {
            return new(name, title, ProbeAnswer.Unknown, required, failure.Message, remedy);
        }
    }

    private static string? ReadLine(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
