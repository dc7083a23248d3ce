using Gatehouse.Interop;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel;

/// <summary>Something that rules can ask for and that this kernel cannot refuse everywhere. "Partly" is a result and not a log line.</summary>
/// <param name="Operation">The operation of the policy language, such as "process.open".</param>
/// <param name="Right">The right, or null if the operation has none or all are meant.</param>
/// <param name="Reason">What goes on although it is denied, and for whom.</param>
/// <param name="Kernel">Which kernels have the gap, for people.</param>
public sealed record PartlyEnforced(string Operation, string? Right, string Reason, string Kernel);

/// <summary>
/// What the kernel of this host cannot refuse. A new entry is a line in <see cref="Of"/>, and a paragraph in
/// docs/limitations.md and a row in docs/reference/control-api.md; a test compares the latter.
/// </summary>
public static class PartEnforcement
{
    /// <summary>"mm, procfs: allow read-only remote mm access under CAP_PERFMON" came with it; measured on 7.2.</summary>
    private static readonly Version s_perfmonReadsMemory = new(6, 15);

    private const string Any = "all kernels";

    /// <summary>Looks at the running kernel and its mounts.</summary>
    /// <returns>The gaps by kernel first, then those of all kernels, then those by mount.</returns>
    public static IReadOnlyList<PartlyEnforced> OfThisHost() => Of(HostKernel.Version, HostKernel.Mounts(), DecidesGrowth());

    /// <param name="kernel">Version of the kernel, or null if it is not known: then what newer ones lack is named.</param>
    /// <param name="mounts">Lines of /proc/self/mounts.</param>
    /// <param name="decidesGrowth">Whether memory of brk and of segments without content is decided.</param>
    internal static IReadOnlyList<PartlyEnforced> Of(Version? kernel, IEnumerable<string> mounts, bool decidesGrowth = true)
    {
        var found = new List<PartlyEnforced>();
        if (kernel is null || kernel >= s_perfmonReadsMemory)
        {
            const string Newer = "Linux 6.15 and newer";
            found.Add(new PartlyEnforced(
                "process.open", "query",
                "a caller with CAP_PERFMON goes on reading /proc/PID/maps, environ and auxv: the kernel asks the hook and ignores its answer",
                Newer));
            found.Add(new PartlyEnforced(
                "process.open", "move-memory",
                "a caller with CAP_PERFMON goes on using process_madvise: the kernel asks the hook and ignores its answer",
                Newer));
        }

        found.Add(new PartlyEnforced(
            "process.open", "query",
            "prlimit that only reads the limits goes on: the kernel's hook is not told of which process",
            Any));
        found.Add(new PartlyEnforced(
            "process.open", "debug",
            "a caller with CAP_PERFMON goes on sampling the process by perf_event_open: the kernel does not ask",
            Any));
        if (!decidesGrowth)
        {
            found.Add(new PartlyEnforced(
                "memory.map", Right: null,
                "brk under the personality READ_IMPLIES_EXEC, and executable segments without content, go on: do_brk_flags is no function of this kernel's BTF",
                "kernels whose compiler put do_brk_flags into its callers"));
        }

        foreach (var folder in VersionOneFreezers(mounts))
        {
            found.Add(new PartlyEnforced(
                "process.open", "freeze",
                $"a freezer of cgroup version 1 is mounted on {folder}: freezer.state there freezes processes that no hook is told of",
                "all kernels, while such a freezer is mounted"));
        }
        return found;
    }

    private static bool DecidesGrowth()
    {
        try
        {
            using var btf = new VmlinuxBtf();
            return ObjectLoader.DecidesGrowth(btf);
        }
        catch (InteropException)
        {
            // Without BTF nothing is enforced at all, which is said elsewhere.
            return true;
        }
    }

    /// <summary>A line: device, mount point, type, options, two numbers. Only version 1 has type cgroup.</summary>
    private static IEnumerable<string> VersionOneFreezers(IEnumerable<string> mounts) => mounts
        .Select(static line => line.Split(' '))
        .Where(static f => f is [_, _, "cgroup", var options, ..] && options.Split(',').Contains("freezer", StringComparer.Ordinal))
        .Select(static f => f[1]);
}
