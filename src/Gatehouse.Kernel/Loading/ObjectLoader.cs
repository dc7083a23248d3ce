using Gatehouse.Interop.Handles;
using Gatehouse.Interop.LibBpf;

namespace Gatehouse.Kernel.Loading;

/// <summary>Brings the embedded object into the kernel.</summary>
internal static class ObjectLoader
{
    private const string EventRing = "gh_events";
    private const string KnownProcesses = "gh_known";

    // A process that is reaped is still known for as long as the kernel waits before it frees it.
    private const uint EndedProcesses = 4096;

    private const string VariableSection = ".data.";
    private const string SetattrTwoArguments = "gh_content_attr2";
    private const string EndWithName = "gh_process_end";
    private const string EndWithoutName = "gh_process_late";
    private const string Growth = "gh_memory_grow";
    private const int GrowthParameters = 5;
    private const string SetattrThreeArguments = "gh_content_attr3";

    /// <summary>
    /// Whether the kernel has a function of its own by which it makes memory for brk and for segments without content. Which of several compilers
    /// built it decides that; the number of parameters, whether we read the right one.
    /// </summary>
    public static bool DecidesGrowth(VmlinuxBtf btf) => btf.ParameterCount("do_brk_flags") == GrowthParameters;

    /// <summary>Opens the object and chooses the program variants that fit this kernel.</summary>
    public static BpfObject Open(KernelGateOptions options)
    {
        var kernelObject = EmbeddedObject.Gate.Open();
        try
        {
            using var btf = new VmlinuxBtf();
            // inode_setattr(dentry, attr) on 6.1; on 6.12 a mount id map comes first.
            var parameters = btf.ParameterCount("bpf_lsm_inode_setattr");
            kernelObject.Exclude(parameters == 2 ? SetattrThreeArguments : SetattrTwoArguments);
            // Without task statistics the kernel has no place that knows the last thread while the process still has its memory.
            kernelObject.Exclude(btf.ParameterCount("taskstats_exit") == 2 ? EndWithoutName : EndWithName);
            if (!DecidesGrowth(btf))
                kernelObject.Exclude(Growth);
            kernelObject.Resize(EventRing, (uint)options.RingBytes);
            if (HostLimits.Threads is { } threads)
                kernelObject.Resize(KnownProcesses, Math.Min(kernelObject.Entries(KnownProcesses), threads + EndedProcesses));
            return kernelObject;
        }
        catch
        {
            kernelObject.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Every map that is pinned: all of ours, and none that libbpf makes for data that only the hooks use. Keys are the names that
    /// they are pinned by, values those that libbpf knows them by: it calls a variable's map after its section.
    /// </summary>
    public static IReadOnlyDictionary<string, string> MapsOf(BpfObject kernelObject, string prefix = "gh_") =>
        kernelObject.MapNames
            .Select(static n => (Pin: n.StartsWith(VariableSection, StringComparison.Ordinal) ? n[VariableSection.Length..] : n, Name: n))
            .Where(m => m.Pin.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(static m => m.Pin, static m => m.Name, StringComparer.Ordinal);

    /// <summary>Loads, pins the maps, attaches, and pins the links: the ones that decide last.</summary>
    public static void Attach(BpfObject kernelObject, PinSet pins)
    {
        kernelObject.Load();
        // What is left of a set stays in force until the first policy of the new one is.
        pins.SetAside();
        pins.Create();
        foreach (var (pin, map) in MapsOf(kernelObject))
            kernelObject.PinMap(map, pins.Map(pin));
        foreach (var program in kernelObject.ProgramNames.OrderBy(Order))
            kernelObject.AttachAndPin(program, pins.Link(program));
    }

    /// <summary>
    /// First those that only watch contents, so that no hash is kept before writes are seen; then those that label, so that
    /// no label is kept before renames, mounts and execs are seen; then those that decide.
    /// </summary>
    private static int Order(string program) =>
        program.StartsWith("gh_content", StringComparison.Ordinal) ? 0
        : program.StartsWith("gh_label", StringComparison.Ordinal) ? 1
        : 2;
}
