using System.Collections.Immutable;

namespace Gatehouse.KernelTests;

/// <summary>
/// The table right × way of process.open: which rights a way of attacks/right_attempt asks for. A way is refused if any one of
/// them is denied, and goes on if all others are. The program lists the same; a test compares the two, so that neither changes alone.
/// </summary>
internal static class OpenWays
{
    public static readonly ImmutableArray<string> Rights =
    [
        "query", "read-memory", "write-memory", "debug", "duplicate-descriptor", "terminate", "suspend", "resume", "signal",
        "set-scheduling", "set-limits", "move-memory", "freeze", "kill-group", "oom-adjust",
    ];

    public static readonly ImmutableArray<OpenWay> All =
    [
        .. Of("query", "kill-0 tgkill-0 pidfd-0 kcmp robust-list read-maps read-environ link-exe link-cwd read-io prlimit-get "
            + "getpgid getsid sched-getscheduler sched-getaffinity ioprio-get"),
        .. Of("read-memory", "vm-readv vm-readv-high mem-read mem-read-old"),
        .. Of("write-memory", "vm-writev vm-writev-high mem-write mem-write-old"),
        .. Of("debug", "perf-event"),
        .. Of("duplicate-descriptor", "pidfd-getfd pidfd-getfd32"),
        .. Of("terminate", "kill-kill kill-term kill-usr2 kill-rt tkill-kill tgkill-kill pidfd-kill sigqueue-kill "
            + "tgsigqueue-kill kill32-kill sigio-kill sigio-kill-old"),
        .. Of("suspend", "kill-stop kill-tstp tgkill-stop pidfd-stop sigio-stop"),
        .. Of("resume", "kill-cont pidfd-cont"),
        .. Of("signal", "kill-usr1 kill-winch tgkill-usr1 sigqueue-usr1"),
        .. Of("set-scheduling", "setpriority sched-setscheduler sched-setattr sched-setaffinity ioprio-set autogroup timerslack"),
        .. Of("set-limits", "prlimit-set coredump-filter"),
        .. Of("move-memory", "migrate-pages move-pages process-madvise clear-refs"),
        .. Of("freeze", "cgroup-freeze cgroup-freeze-old cgroup-freeze-move cgroup-freeze-move-old freezer freezer-move "
            + "cgroup-freeze-race cgroup-freeze-move-race"),
        .. Of("kill-group", "cgroup-kill cgroup-kill-old cgroup-kill-race"),
        .. Of("oom-adjust", "oom-score-adj oom-adj oom-score-adj-old"),

        // Exceptions: several rights at once, because the kernel cannot tell them apart there.
        .. Of("debug read-memory write-memory", "ptrace-attach ptrace-seize traceme", "a tracer reads and writes memory unasked"),
        .. Of("read-memory write-memory", "mem-both", "opened for both"),
        .. Of("read-memory write-memory", "mem-read-uring mem-read-worker mem-write-uring mem-write-worker",
            "the hook is not told the flags of an open by io_uring"),
        .. Of("read-memory write-memory", "read-stack read-syscall", "the mode of /proc/PID/mem, and no more is told"),
        .. Of("debug read-memory write-memory duplicate-descriptor", "ptrace32-attach vm-readv32 vm-writev32",
            "32-bit calls have other numbers: every right of their mode"),
        .. Of("query debug move-memory set-scheduling", "kcmp32", "32-bit calls have other numbers: every right of their mode"),
    ];

    public static OpenWay Find(string name) => All.Single(w => string.Equals(w.Name, name, StringComparison.Ordinal));

    private static IEnumerable<OpenWay> Of(string rights, string ways, string why = "") =>
        ways.Split(' ').Select(name => new OpenWay(name, [.. rights.Split(' ')], why));
}

/// <summary>One way to use a right.</summary>
/// <param name="Name">As right_attempt calls it.</param>
/// <param name="Rights">Each of them alone refuses it.</param>
/// <param name="Why">Why they are several.</param>
internal sealed record OpenWay(string Name, ImmutableArray<string> Rights, string Why)
{
    /// <summary>Opens something, waits for a line, and acts then.</summary>
    public bool OpensFirst => Name.EndsWith("-old", StringComparison.Ordinal);

    /// <summary>
    /// 7.2: a task with CAP_PERFMON reads them whatever the hook says ("mm, procfs: allow read-only remote mm access under
    /// CAP_PERFMON", 6.15).
    /// </summary>
    public bool PassesOnNewKernels => Name is "read-maps" or "read-environ" or "process-madvise";

    /// <summary>No kernel asks about the process: prlimit that only reads, and perf_event_open by who has CAP_PERFMON.</summary>
    public bool IsNeverAsked => Name is "prlimit-get" or "perf-event";

    /// <summary>No pid is named: a child of the program asks its parent to trace it, so the target runs the same program.</summary>
    public bool TargetIsOwnChild => string.Equals(Name, "traceme", StringComparison.Ordinal);
}
