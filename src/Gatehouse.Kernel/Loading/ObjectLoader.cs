using Gatehouse.Interop.Handles;
using Gatehouse.Interop.LibBpf;

namespace Gatehouse.Kernel.Loading;

/// <summary>Brings the embedded object into the kernel.</summary>
internal static class ObjectLoader
{
    private const string EventRing = "gh_events";
    private const string SetattrTwoArguments = "gh_content_attr2";
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
            kernelObject.Resize(EventRing, (uint)options.RingBytes);
            return kernelObject;
        }
        catch
        {
            kernelObject.Dispose();
            throw;
        }
    }

    /// <summary>Loads, pins the maps, attaches, and pins the links: the ones that decide last.</summary>
    public static void Attach(BpfObject kernelObject, PinSet pins)
    {
        kernelObject.Load();
        // What is left of a set stays in force until the first policy of the new one is.
        pins.SetAside();
        pins.Create();
        foreach (var map in GateMaps.Names)
            kernelObject.PinMap(map, pins.Map(map));
        // Those that only watch contents go first, so that no hash is kept before writes are seen.
        foreach (var program in kernelObject.ProgramNames.OrderBy(static p => !p.StartsWith("gh_content", StringComparison.Ordinal)))
            kernelObject.AttachAndPin(program, pins.Link(program));
    }
}
