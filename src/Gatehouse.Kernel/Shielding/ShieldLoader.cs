using Gatehouse.Interop.Handles;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel.Shielding;

/// <summary>Brings the shield's object into the kernel.</summary>
internal static class ShieldLoader
{
    private const string RootGroup = "/sys/fs/cgroup";
    private const string SettingsByGroup = "gs_sysctl";

    /// <summary>Hooks that not every kernel has, and which of two programs fits <c>inode_setattr</c>, see bpf/shield/attributes.c.</summary>
    private static readonly (string Program, string Function, int Parameters)[] s_variants =
    [
        ("gs_setattr2", "bpf_lsm_inode_setattr", 2),
        ("gs_setattr3", "bpf_lsm_inode_setattr", 3),
        ("gs_file_setattr", "bpf_lsm_inode_file_setattr", 2),
        ("gs_set_acl", "bpf_lsm_inode_set_acl", 4),
        ("gs_remove_acl", "bpf_lsm_inode_remove_acl", 3),
        ("gs_ioctl_compat", "bpf_lsm_file_ioctl_compat", 3),
    ];

    /// <summary>Opens the object and chooses the programs that this kernel has hooks for.</summary>
    public static BpfObject Open()
    {
        var shield = EmbeddedObject.Shield.Open();
        try
        {
            using var btf = new VmlinuxBtf();
            foreach (var (program, function, parameters) in s_variants)
            {
                if (btf.ParameterCount(function) != parameters)
                    shield.Exclude(program);
            }
            return shield;
        }
        catch
        {
            shield.Dispose();
            throw;
        }
    }

    /// <summary>Loads, pins the maps, attaches, and pins the links.</summary>
    public static void Attach(BpfObject shield, PinSet pins)
    {
        shield.Load();
        pins.SetAside();
        pins.Create();
        foreach (var (pin, map) in MapsOf(shield))
            shield.PinMap(map, pins.Map(pin));
        foreach (var program in shield.ProgramNames)
        {
            if (string.Equals(program, SettingsByGroup, StringComparison.Ordinal))
                shield.AttachToGroupAndPin(program, RootGroup, pins.Link(program));
            else
                shield.AttachAndPin(program, pins.Link(program));
        }
    }

    /// <summary>By the name that a map is pinned by, the one that libbpf knows it by.</summary>
    public static IReadOnlyDictionary<string, string> MapsOf(BpfObject shield) => ObjectLoader.MapsOf(shield, "gs_");
}
