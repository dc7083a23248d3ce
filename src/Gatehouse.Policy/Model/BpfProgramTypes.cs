using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Types of BPF programs: enum bpf_prog_type of linux/bpf.h, whose numbers are part of the kernel's interface.</summary>
internal static class BpfProgramTypes
{
    public static ImmutableArray<(string Word, ulong Value)> Words { get; } =
    [
        ("socket-filter", 1), ("kprobe", 2), ("sched-cls", 3), ("sched-act", 4), ("tracepoint", 5), ("xdp", 6), ("perf-event", 7),
        ("cgroup-skb", 8), ("cgroup-sock", 9), ("lwt-in", 10), ("lwt-out", 11), ("lwt-xmit", 12), ("sock-ops", 13), ("sk-skb", 14),
        ("cgroup-device", 15), ("sk-msg", 16), ("raw-tracepoint", 17), ("cgroup-sock-addr", 18), ("lwt-seg6local", 19),
        ("lirc-mode2", 20), ("sk-reuseport", 21), ("flow-dissector", 22), ("cgroup-sysctl", 23), ("raw-tracepoint-writable", 24),
        ("cgroup-sockopt", 25), ("tracing", 26), ("struct-ops", 27), ("ext", 28), ("lsm", 29), ("sk-lookup", 30), ("syscall", 31),
        ("netfilter", 32),
    ];
}
