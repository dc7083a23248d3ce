using System.Runtime.InteropServices;

namespace Gatehouse.Interop.LibBpf;

internal static partial class LibBpf
{
    internal const int StatisticsRunTime = 0;

    [LibraryImport(Library)]
    internal static partial int bpf_prog_get_fd_by_id(uint id);

    /// <summary>Counting goes on until the descriptor that it returns is closed.</summary>
    [LibraryImport(Library)]
    internal static partial int bpf_enable_stats(int type);

    /// <summary>struct bpf_link_info, as far as we read it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 48)]
    internal struct LinkInformation
    {
        [FieldOffset(8)]
        public uint ProgramId;
    }

    /// <summary>struct bpf_prog_info, as far as we read it (Linux 5.16).</summary>
    [StructLayout(LayoutKind.Explicit, Size = 232)]
    internal struct ProgramInformation
    {
        [FieldOffset(16)]
        public uint JitedBytes;

        [FieldOffset(192)]
        public ulong RunNanoseconds;

        [FieldOffset(200)]
        public ulong Runs;

        [FieldOffset(208)]
        public ulong Missed;

        [FieldOffset(216)]
        public uint VerifiedInstructions;
    }
}
