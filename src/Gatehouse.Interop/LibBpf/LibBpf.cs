using System.Runtime.InteropServices;

namespace Gatehouse.Interop.LibBpf;

/// <summary>The functions of libbpf 1.1 that we call, grouped as libbpf groups them. Signatures only.</summary>
internal static partial class LibBpf
{
    internal const string Library = "libbpf.so.1";

    [LibraryImport(Library)]
    internal static partial nint libbpf_version_string();

    [LibraryImport(Library)]
    internal static unsafe partial nint libbpf_set_print(delegate* unmanaged[Cdecl]<int, byte*, void*, int> print);

    [LibraryImport(Library)]
    internal static partial int libbpf_num_possible_cpus();

    [LibraryImport(Library)]
    internal static unsafe partial int libbpf_probe_bpf_prog_type(int type, void* options);

    [LibraryImport(Library)]
    internal static unsafe partial int libbpf_probe_bpf_map_type(int type, void* options);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int vsnprintf(byte* buffer, nuint size, byte* format, void* arguments);
}
