namespace Gatehouse.Policy;

/// <summary>Types of BPF programs; the numbers are the kernel's.</summary>
public enum ProgramType
{
    /// <summary><c>socket-filter</c>.</summary>
    SocketFilter = 1,

    /// <summary><c>kprobe</c>.</summary>
    Kprobe = 2,

    /// <summary><c>sched-cls</c>.</summary>
    SchedCls = 3,

    /// <summary><c>sched-act</c>.</summary>
    SchedAct = 4,

    /// <summary><c>tracepoint</c>.</summary>
    Tracepoint = 5,

    /// <summary><c>xdp</c>.</summary>
    Xdp = 6,

    /// <summary><c>perf-event</c>.</summary>
    PerfEvent = 7,

    /// <summary><c>cgroup-skb</c>.</summary>
    CgroupSkb = 8,

    /// <summary><c>cgroup-sock</c>.</summary>
    CgroupSock = 9,

    /// <summary><c>lwt-in</c>.</summary>
    LwtIn = 10,

    /// <summary><c>lwt-out</c>.</summary>
    LwtOut = 11,

    /// <summary><c>lwt-xmit</c>.</summary>
    LwtXmit = 12,

    /// <summary><c>sock-ops</c>.</summary>
    SockOps = 13,

    /// <summary><c>sk-skb</c>.</summary>
    SkSkb = 14,

    /// <summary><c>cgroup-device</c>.</summary>
    CgroupDevice = 15,

    /// <summary><c>sk-msg</c>.</summary>
    SkMsg = 16,

    /// <summary><c>raw-tracepoint</c>.</summary>
    RawTracepoint = 17,

    /// <summary><c>cgroup-sock-addr</c>.</summary>
    CgroupSockAddr = 18,

    /// <summary><c>lwt-seg6local</c>.</summary>
    LwtSeg6local = 19,

    /// <summary><c>lirc-mode2</c>.</summary>
    LircMode2 = 20,

    /// <summary><c>sk-reuseport</c>.</summary>
    SkReuseport = 21,

    /// <summary><c>flow-dissector</c>.</summary>
    FlowDissector = 22,

    /// <summary><c>cgroup-sysctl</c>.</summary>
    CgroupSysctl = 23,

    /// <summary><c>raw-tracepoint-writable</c>.</summary>
    RawTracepointWritable = 24,

    /// <summary><c>cgroup-sockopt</c>.</summary>
    CgroupSockopt = 25,

    /// <summary><c>tracing</c>.</summary>
    Tracing = 26,

    /// <summary><c>struct-ops</c>.</summary>
    StructOps = 27,

    /// <summary><c>ext</c>.</summary>
    Ext = 28,

    /// <summary><c>lsm</c>.</summary>
    Lsm = 29,

    /// <summary><c>sk-lookup</c>.</summary>
    SkLookup = 30,

    /// <summary><c>syscall</c>.</summary>
    Syscall = 31,

    /// <summary><c>netfilter</c>.</summary>
    Netfilter = 32,
}
