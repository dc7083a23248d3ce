using Gatehouse.Kernel;
using static Gatehouse.Cli.Selftests.Linux;

namespace Gatehouse.Cli.Selftests;

/// <summary>
/// Ending enforcement in the kernel. What could not be undone is not tried: settings are opened and not written, programs are loaded and not
/// attached, pins are not removed. The equals that are not protected are a setting without meaning, a folder and objects of this command's own.
/// </summary>
internal static class KernelWays
{
    private const string Indicators = "T1562.006";
    private const string Disable = "T1562.001";
    private const string Rootkit = "T1014";
    private const string NoMeaning = "/proc/sys/kernel/printk_ratelimit_burst";
    private const string Pins = "/sys/fs/bpf";

    public static IEnumerable<Way> All { get; } =
    [
        Setting("ftrace-setting", Indicators, "/proc/sys/kernel/ftrace_enabled"),
        Setting("sysrq-setting", "T1529", "/proc/sys/kernel/sysrq"),
        Setting("sysrq-trigger", "T1529", "/proc/sysrq-trigger"),
        Setting("core-pattern", "T1546", "/proc/sys/kernel/core_pattern"),
        Setting("modprobe-setting", "T1546", "/proc/sys/kernel/modprobe"),
        Setting("hotplug-setting", "T1546", "/proc/sys/kernel/hotplug"),
        Setting("poweroff-setting", "T1529", "/proc/sys/kernel/poweroff_cmd"),
        Of("pin-folder-in", Disable, "a new folder among the pins", static t => InPins(t, "gatehouse-selftest")),
        Of("pins-remove-folder", Disable, "rmdir of the folder of the pins, which is not empty", RemovePins),
        Of("pins-mode", "T1222.002", "chmod of the folder of the pins, to the mode that it has", static t => Mode(t, t.Protected ? KernelGateOptions.DefaultPinRoot : t.Scratch)),
        Of("map-by-number", Disable, "bpf(2): descriptors of all maps by their numbers", static t => ByNumber(t, 12, 14, MakeMap)),
        Of("program-by-number", Disable, "bpf(2): descriptors of all programs by their numbers", static t => ByNumber(t, 11, 13, static t => Load(t, SocketFilter))),
        Of("load-kprobe", Rootkit, "bpf(2): load of a program of type kprobe", static t => Load(t, 2)),
        Of("load-tracepoint", Rootkit, "bpf(2): load of a program of type tracepoint", static t => Load(t, 5)),
        Of("load-perf-event", Rootkit, "bpf(2): load of a program of type perf event", static t => Load(t, 7)),
        Of("load-raw-tracepoint", Rootkit, "bpf(2): load of a program of type raw tracepoint", static t => Load(t, 17)),
    ];

    private const long SocketFilter = 1;

    private static Way Of(string name, string technique, string summary, Func<Trial, long> attempt) => new(name, WayClass.Tamper, technique, summary, attempt);

    private static Way Setting(string name, string technique, string file) => Of(name, technique, $"open of {file} for writing", t =>
    {
        var target = t.Protected ? file : NoMeaning;
        return File.Exists(file) ? t.Open(target, WriteOnly) : throw new NotTestableException($"this kernel has no {file}");
    });

    private static long InPins(Trial trial, string name)
    {
        var folder = trial.Text($"{(trial.Protected ? KernelGateOptions.DefaultPinRoot : Pins)}/{name}");
        var result = trial.Call(SystemCall.Mkdir, folder, 0x1c0);
        if (result >= 0)
        {
            trial.Call(SystemCall.Rmdir, folder);
        }

        return result;
    }

    /// <summary>Nobody can remove a folder with something in it: if it is not refused, it fails for that reason.</summary>
    private static long RemovePins(Trial trial)
    {
        const int notEmpty = 39;
        var result = trial.Call(SystemCall.Rmdir, trial.Text(trial.Protected ? KernelGateOptions.DefaultPinRoot : trial.Kept));
        return result == -notEmpty ? 0 : result;
    }

    private static long Mode(Trial trial, string folder) =>
        trial.Call(SystemCall.Chmod, trial.Text(folder), (long)File.GetUnixFileMode(folder));

    /// <summary>Opens all objects one after the other and closes them; refused means that some are not given.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="next">Command of bpf(2) that answers the next number.</param>
    /// <param name="open">Command that answers a descriptor.</param>
    /// <param name="make">Makes an object, so that there is one that everybody may have.</param>
    private static long ByNumber(Trial trial, long next, long open, Func<Trial, long> make)
    {
        const int most = 100_000;
        Trial.Need(make(trial), "bpf(2)");
        var attributes = trial.Actor.Numbers(0, 0, 0, 0);
        var which = trial.Actor.Numbers(0, 0, 0, 0);
        var (given, refused, number) = (0, 0, 0L);
        for (var i = 0; i < most; i++)
        {
            trial.Actor.Put(attributes, BitConverter.GetBytes(number));
            if (trial.Call(SystemCall.Bpf, next, attributes, 16) < 0)
            {
                break;
            }

            number = BitConverter.ToUInt32(trial.Actor.Peek(attributes + 4, 4));
            trial.Actor.Put(which, BitConverter.GetBytes(number));
            var descriptor = trial.Call(SystemCall.Bpf, open, which, 16);
            given += descriptor >= 0 ? 1 : 0;
            refused += descriptor is -ErrorName.NotPermitted or -ErrorName.AccessDenied ? 1 : 0;
            if (descriptor >= 0)
            {
                trial.Call(SystemCall.Close, descriptor);
            }
        }

        return trial.Protected
            ? refused > 0 ? -ErrorName.NotPermitted : 0
            : given > 0 ? 0 : throw new NotTestableException("no object at all is given by its number");
    }

    /// <summary>An array of one element of four bytes.</summary>
    private static long MakeMap(Trial trial)
    {
        const long create = 0;
        const long array = 2;
        return trial.Call(SystemCall.Bpf, create, trial.Actor.Numbers(array | (4L << 32), 4L | (1L << 32), 0, 0), 32);
    }

    /// <summary>The smallest program (r0 = 0; exit), loaded and attached to nothing; for what is not protected, one of a type that does no harm.</summary>
    private static long Load(Trial trial, long type)
    {
        const long load = 5;
        var actor = trial.Actor;
        var instructions = actor.Numbers(0xb7, 0x95);
        var attributes = actor.Numbers((trial.Protected ? type : SocketFilter) | (2L << 32), instructions, actor.Text("GPL"), 0, 0, 0, 0, 0);
        return trial.Call(SystemCall.Bpf, load, attributes, 64);
    }
}
