using System.Runtime.InteropServices;

namespace Gatehouse.Interop.LibBpf;

/// <summary>The library itself: is it there, which version, what does it say of the kernel.</summary>
public static unsafe class LibBpfRuntime
{
    private const int ProgramTypeLsm = 29;
    private const int MapTypeInodeStorage = 28;
    private const int MapTypeTaskStorage = 29;

    /// <summary>The lowest version that is known to work.</summary>
    public static Version MinimumVersion { get; } = new(1, 1);

    /// <summary>"v1.1" and the like.</summary>
    /// <exception cref="DllNotFoundException">libbpf.so.1 is not installed.</exception>
    public static string VersionText => Marshal.PtrToStringUTF8(LibBpf.libbpf_version_string()) ?? "";

    /// <summary>How many CPUs the kernel can have: the length of a per-CPU value.</summary>
    public static int PossibleCpuCount => Check(LibBpf.libbpf_num_possible_cpus(), "libbpf_num_possible_cpus");

    /// <summary>1 yes, 0 no, negative errno if it could not be found out: may this process load LSM programs?</summary>
    public static int ProbeLsmPrograms() => LibBpf.libbpf_probe_bpf_prog_type(ProgramTypeLsm, null);

    /// <summary>As <see cref="ProbeLsmPrograms"/>, for inode storage.</summary>
    public static int ProbeInodeStorage() => LibBpf.libbpf_probe_bpf_map_type(MapTypeInodeStorage, null);

    /// <summary>As <see cref="ProbeLsmPrograms"/>, for task storage.</summary>
    public static int ProbeTaskStorage() => LibBpf.libbpf_probe_bpf_map_type(MapTypeTaskStorage, null);

    /// <summary>The one place where libbpf's "negative errno" becomes an exception.</summary>
    internal static int Check(int result, string call, string? log = null) =>
        result >= 0 ? result : throw new InteropException(call, -result, log);

    /// <summary>The one place where libbpf's "null with errno" becomes an exception.</summary>
    internal static nint Check(nint result, string call, string? log = null) =>
        result != 0 ? result : throw new InteropException(call, Marshal.GetLastPInvokeError(), log);
}
