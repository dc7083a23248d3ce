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
        .. Of("query", "kill-0 tgkill-0 pidfd-0 kcmp robust-list link-exe link-cwd read-io getpgid getsid sched-getscheduler "
            + "sched-getaffinity ioprio-get link-root link-ns link-fd link-map-file follow-root follow-cwd read-fdinfo "
            + "setns-pidfd setns-pidfd-mnt setns-file setns-file-mnt"),
        .. Of("read-memory", "vm-readv vm-readv-high mem-read mem-read-old thread-mem-read"),
        .. Of("write-memory", "vm-writev vm-writev-high mem-write mem-write-old thread-mem-write"),
        .. Of("duplicate-descriptor", "pidfd-getfd pidfd-getfd32 pidfd-thread-getfd"),
        .. Of("terminate", "kill-kill kill-term kill-usr2 kill-rt tkill-kill tgkill-kill pidfd-kill sigqueue-kill "
            + "tgsigqueue-kill kill32-kill sigio-kill sigio-kill-old kill-group-of pidfd-group-kill pidfd-thread-kill"),
        .. Of("suspend", "kill-stop kill-tstp tgkill-stop pidfd-stop sigio-stop"),
        .. Of("resume", "kill-cont pidfd-cont tkill-cont"),
        .. Of("signal", "kill-usr1 kill-winch tgkill-usr1 sigqueue-usr1 tkill-usr1 tgsigqueue-usr1 pidfd-thread-usr1"),
        .. Of("set-scheduling", "setpriority sched-setscheduler sched-setattr sched-setaffinity ioprio-set autogroup timerslack"),
        .. Of("set-limits", "prlimit-set coredump-filter"),
        .. Of("move-memory", "migrate-pages move-pages clear-refs"),
        .. Of("freeze", "cgroup-freeze cgroup-freeze-old cgroup-freeze-move cgroup-freeze-move-old cgroup-freeze-race "
            + "cgroup-freeze-move-race freezer freezer-move"),
        .. Of("kill-group", "cgroup-kill cgroup-kill-old cgroup-kill-race"),
        .. Of("oom-adjust", "oom-score-adj oom-adj oom-score-adj-old thread-oom-score-adj"),

        // Exceptions: several rights at once, because the kernel cannot tell them apart there.
        .. Of("debug read-memory write-memory", "ptrace-attach ptrace-seize traceme", "a tracer reads and writes memory unasked"),
        .. Of("read-memory write-memory", "mem-both", "opened for both"),
        .. Of("query duplicate-descriptor", "follow-fd", "the kernel asks for the folder, the link opens what another has open"),
        .. Of("query read-memory write-memory", "follow-map-file", "the kernel asks for the folder, the link opens what is mapped"),
        .. Of("read-memory write-memory", "mem-read-uring mem-read-worker mem-write-uring mem-write-worker",
            "the hook is not told the flags of an open by io_uring"),
        .. Of("read-memory write-memory", "read-stack read-syscall read-personality", "the mode of /proc/PID/mem, and no more is told"),
        .. Of("debug read-memory write-memory duplicate-descriptor", "ptrace32-attach vm-readv32 vm-writev32",
            "32-bit calls have other numbers: every right of their mode"),
        .. Of("query debug move-memory set-scheduling", "kcmp32", "32-bit calls have other numbers: every right of their mode"),

        // Exceptions: refused on some kernels only, or on none; limitations.md says so.
        .. Of("query", "read-maps read-environ read-auxv read-pagemap read-smaps list-map-files", limit: OpenLimit.Perfmon),
        .. Of("move-memory", "process-madvise", limit: OpenLimit.Perfmon),
        .. Of("query", "prlimit-get list-fd", limit: OpenLimit.Never),
        .. Of("debug", "perf-event", limit: OpenLimit.Never),
    ];

    public static OpenWay Find(string name) => All.Single(w => string.Equals(w.Name, name, StringComparison.Ordinal));

    private static IEnumerable<OpenWay> Of(string rights, string ways, string why = "", OpenLimit limit = OpenLimit.Always) =>
        ways.Split(' ').Select(name => new OpenWay(name, [.. rights.Split(' ')], why, limit));
}

/// <summary>Where a denied right refuses the way.</summary>
internal enum OpenLimit
{
    Always,

    /// <summary>
    /// Not where the kernel asks and ignores the answer if the caller has CAP_PERFMON ("mm, procfs: allow read-only remote mm access
    /// under CAP_PERFMON", 6.15).
    /// </summary>
    Perfmon,

    /// <summary>Nowhere: the kernel does not ask about the process, for a caller with CAP_PERFMON and CAP_SYS_RESOURCE.</summary>
    Never,
}

/// <summary>One way to use a right.</summary>
/// <param name="Name">As right_attempt calls it.</param>
/// <param name="Rights">Each of them alone refuses it.</param>
/// <param name="Why">Why they are several.</param>
/// <param name="Limit">Where that is so.</param>
internal sealed record OpenWay(string Name, ImmutableArray<string> Rights, string Why, OpenLimit Limit)
{
    /// <summary>Opens something, waits for a line, and acts then.</summary>
    public bool OpensFirst => Name.EndsWith("-old", StringComparison.Ordinal);

    /// <summary>No pid is named: a child of the program asks its parent to trace it, so the target runs the same program.</summary>
    public bool TargetIsOwnChild => string.Equals(Name, "traceme", StringComparison.Ordinal);
}
