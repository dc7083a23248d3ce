using Gatehouse.Interop.Handles;
using Gatehouse.Interop.LibBpf;

namespace Gatehouse.Kernel.Loading;

/// <summary>Brings the embedded object into the kernel.</summary>
internal static class ObjectLoader
{
    private const string EventRing = "gh_events";
    private const string SetattrTwoArguments = "gh_content_attr2";
    private const string EndWithName = "gh_process_end";
    private const string EndWithoutName = "gh_process_late";
    private const string SetattrThreeArguments = "gh_content_attr3";

    /// <summary>Opens the object and chooses the program variants that fit this kernel.</summary>
    public static BpfObject Open(KernelGateOptions options)
    {
        var kernelObject = BpfObject.Open(EmbeddedObject.Bytes);
        try
        {
            using var btf = new VmlinuxBtf();
            // inode_setattr(dentry, attr) on 6.1; on 6.12 a mount id map comes first.
            var parameters = btf.ParameterCount("bpf_lsm_inode_setattr");
            kernelObject.Exclude(parameters == 2 ? SetattrThreeArguments : SetattrTwoArguments);
            // Without task statistics the kernel has no place that knows the last thread while the process still has its memory.
            kernelObject.Exclude(btf.ParameterCount("taskstats_exit") == 2 ? EndWithoutName : EndWithName);
            kernelObject.Resize(EventRing, (uint)options.RingBytes);
            return kernelObject;
        }
        catch
        {
            kernelObject.Dispose();
            throw;
        }
    }

    /// <summary>Every map that is pinned: all of ours, and none that libbpf makes for global data.</summary>
    public static IReadOnlyList<string> MapsOf(BpfObject kernelObject) =>
        [.. kernelObject.MapNames.Where(static n => n.StartsWith("gh_", StringComparison.Ordinal))];

    /// <summary>Loads, pins the maps, attaches, and pins the links: the ones that decide last.</summary>
    public static void Attach(BpfObject kernelObject, PinSet pins)
    {
        kernelObject.Load();
        // What is left of a set stays in force until the first policy of the new one is.
        pins.SetAside();
        pins.Create();
        foreach (var map in MapsOf(kernelObject))
            kernelObject.PinMap(map, pins.Map(map));
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
