using static Gatehouse.Cli.Selftests.Linux;

namespace Gatehouse.Cli.Selftests;

/// <summary>Reaching for another process by system calls other than signals.</summary>
internal static class ProcessWays
{
    private const string Disable = "T1562.001";
    private const string Discover = "T1057";
    private const string AllKernels = "all kernels";
    private const string Perfmon = "Linux 6.15 and newer";

    public static IEnumerable<Way> All { get; } =
    [
        Of("ptrace-attach", "T1055.008", "debug", "ptrace, attach", static t => t.Call(SystemCall.Ptrace, 16, t.Target.Pid)),
        Of("ptrace-seize", "T1055.008", "debug", "ptrace, seize", static t => t.Call(SystemCall.Ptrace, 0x4206, t.Target.Pid)),
        Of("perf-event", "T1055", "debug", "perf_event_open on the target", PerfEvent) with { Gap = AllKernels },
        Of("vm-read", "T1003.007", "read-memory", "process_vm_readv", static t => VirtualMemory(t, SystemCall.ProcessVmReadv)),
        Of("vm-write", "T1055", "write-memory", "process_vm_writev", static t => VirtualMemory(t, SystemCall.ProcessVmWritev)),
        Of("pidfd-getfd", "T1055", "duplicate-descriptor", "pidfd_getfd", static t => t.Call(SystemCall.PidfdGetfd, SignalWays.Pidfd(t), 0, 0)),
        Of("prlimit-set", Disable, "set-limits", "prlimit, setting", static t => t.Call(SystemCall.Prlimit64, t.Target.Pid, OpenFiles, t.Actor.Numbers(512, 512), 0)),
        Of("prlimit-get", Discover, "query", "prlimit, reading", static t => t.Call(SystemCall.Prlimit64, t.Target.Pid, OpenFiles, 0, t.Actor.Room(16)))
            with { Gap = AllKernels },
        Of("setpriority", Disable, "set-scheduling", "setpriority", static t => t.Call(SystemCall.Setpriority, 0, t.Target.Pid, 5)),
        Of("sched-setscheduler", Disable, "set-scheduling", "sched_setscheduler",
            static t => t.Call(SystemCall.SchedSetscheduler, t.Target.Pid, Batch, t.Actor.Numbers(0))),
        Of("sched-setattr", Disable, "set-scheduling", "sched_setattr",
            static t => t.Call(SystemCall.SchedSetattr, t.Target.Pid, t.Actor.Numbers(48 | (Batch << 32), 0, 0, 0, 0, 0), 0)),
        Of("sched-setaffinity", Disable, "set-scheduling", "sched_setaffinity", SetAffinity),
        Of("ioprio-set", Disable, "set-scheduling", "ioprio_set", static t => t.Call(SystemCall.IoprioSet, 1, t.Target.Pid, (2 << 13) | 4)),
        Of("migrate-pages", Disable, "move-memory", "migrate_pages",
            static t => t.Call(SystemCall.MigratePages, t.Target.Pid, 64, t.Actor.Numbers(1), t.Actor.Numbers(1))),
        Of("move-pages", Disable, "move-memory", "move_pages",
            static t => t.Call(SystemCall.MovePages, t.Target.Pid, 1, t.Actor.Numbers(t.Target.Memory & ~4095), 0, t.Actor.Room(8), 2)),
        Of("process-madvise", Disable, "move-memory", "process_madvise", Advise) with { Gap = Perfmon },
        Of("kcmp", Discover, "query", "kcmp", static t => t.Call(SystemCall.Kcmp, t.Actor.Pid, t.Target.Pid, 1, 0, 0)),
        Of("robust-list", Discover, "query", "get_robust_list", static t => t.Call(SystemCall.GetRobustList, t.Target.Pid, t.Actor.Room(8), t.Actor.Room(8))),
        Of("getpgid", Discover, "query", "getpgid", static t => t.Call(SystemCall.Getpgid, t.Target.Pid)),
        Of("getsid", Discover, "query", "getsid", static t => t.Call(SystemCall.Getsid, t.Target.Pid)),
        Of("sched-getscheduler", Discover, "query", "sched_getscheduler", static t => t.Call(SystemCall.SchedGetscheduler, t.Target.Pid)),
        Of("sched-getaffinity", Discover, "query", "sched_getaffinity",
            static t => t.Call(SystemCall.SchedGetaffinity, t.Target.Pid, AffinityBytes, t.Actor.Room(AffinityBytes))),
        Of("ioprio-get", Discover, "query", "ioprio_get", static t => t.Call(SystemCall.IoprioGet, 1, t.Target.Pid)),
        Of("setns", Discover, "query", "setns by a pidfd", static t => t.Call(SystemCall.Setns, SignalWays.Pidfd(t), NewUtsNamespace)),
        .. ProcfsWays.All,
    ];

    private const int OpenFiles = 7;
    private const long Batch = 3;
    private const int AffinityBytes = 1024;

    private static Way Of(string name, string technique, string right, string summary, Func<Trial, long> attempt) =>
        new(name, WayClass.Process, technique, summary, attempt) { Right = right };

    /// <summary>Eight bytes of the target's memory that it has no use for.</summary>
    private static long VirtualMemory(Trial trial, SystemCall call)
    {
        var actor = trial.Actor;
        return trial.Call(call, trial.Target.Pid, actor.Numbers(actor.Room(8), 8), 1, actor.Numbers(trial.Target.Memory + 1024, 8), 1, 0);
    }

    /// <summary>The processors that it has anyway.</summary>
    private static long SetAffinity(Trial trial)
    {
        var mask = trial.Actor.Room(AffinityBytes);
        var bytes = Trial.Need(trial.Call(SystemCall.SchedGetaffinity, 0, AffinityBytes, mask), "sched_getaffinity");
        return trial.Call(SystemCall.SchedSetaffinity, trial.Target.Pid, bytes, mask);
    }

    private static long Advise(Trial trial)
    {
        const int cold = 20;
        var pages = trial.Actor.Numbers(trial.Target.Memory & ~4095, PageBytes);
        return trial.Call(SystemCall.ProcessMadvise, SignalWays.Pidfd(trial), pages, 1, cold, 0);
    }

    /// <summary>struct perf_event_attr of 64 bytes: a software event that counts the time of a task.</summary>
    private static long PerfEvent(Trial trial) => trial.Call(
        SystemCall.PerfEventOpen, trial.Actor.Numbers(1L | (64L << 32), 1, 0, 0, 0, 0, 0, 0), trial.Target.Pid, -1, -1, 0);
}
