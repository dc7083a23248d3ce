using Gatehouse.Interop.LibBpf;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Handles;

/// <summary>The kernel's own statistics of programs.</summary>
public static unsafe class BpfStatistics
{
    /// <summary>
    /// Has the kernel count the runs of all BPF programs of the host, and their time, until the handle is disposed. Costs every run two
    /// readings of the clock. Without it they stay as they are, unless <c>kernel.bpf_stats_enabled</c> is set.
    /// </summary>
    /// <exception cref="InteropException">EPERM: CAP_SYS_ADMIN is missing.</exception>
    public static SafeFileHandle Enable() => new(
        LibBpfRuntime.Check(LibBpf.LibBpf.bpf_enable_stats(LibBpf.LibBpf.StatisticsRunTime), "bpf_enable_stats"), ownsHandle: true);

    /// <summary>Reads what was counted of the program of a pinned link.</summary>
    /// <exception cref="InteropException">ENOENT: nothing is pinned there, or the program is gone; EPERM: not allowed.</exception>
    public static BpfProgramStatistics Read(string linkPath)
    {
        using var link = Open(LibBpf.LibBpf.bpf_obj_get(linkPath), $"bpf_obj_get({linkPath})");
        LibBpf.LibBpf.LinkInformation linked = default;
        Describe(link, &linked, (uint)sizeof(LibBpf.LibBpf.LinkInformation), linkPath);
        using var program = Open(LibBpf.LibBpf.bpf_prog_get_fd_by_id(linked.ProgramId), $"bpf_prog_get_fd_by_id({linkPath})");
        LibBpf.LibBpf.ProgramInformation counted = default;
        Describe(program, &counted, (uint)sizeof(LibBpf.LibBpf.ProgramInformation), linkPath);
        return new BpfProgramStatistics(
            counted.Runs, counted.RunNanoseconds, counted.Missed, counted.VerifiedInstructions, counted.JitedBytes);
    }

    private static SafeFileHandle Open(int result, string call) => new(LibBpfRuntime.Check(result, call), ownsHandle: true);

    private static void Describe(SafeFileHandle handle, void* information, uint length, string path) => LibBpfRuntime.Check(
        LibBpf.LibBpf.bpf_obj_get_info_by_fd((int)handle.DangerousGetHandle(), information, &length), $"bpf_obj_get_info_by_fd({path})");
}
