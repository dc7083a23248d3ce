using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Handles;

/// <summary>Loads the smallest BPF program that there is, to see whether that is refused.</summary>
public static unsafe class BpfTrial
{
    private const int SocketFilter = 1;

    /// <summary>Loads it under a name, and lets go of it at once. Returns 0 or the errno.</summary>
    /// <param name="name">At most 15 characters.</param>
    public static int Load(string name)
    {
        // r0 = 0; exit
        var instructions = stackalloc ulong[] { 0xb7, 0x95 };
        var result = LibBpf.LibBpf.bpf_prog_load(SocketFilter, name, "GPL", instructions, 2, null);
        if (result < 0)
            return -result;
        new SafeFileHandle(result, ownsHandle: true).Dispose();
        return 0;
    }
}
