using System.Runtime.InteropServices;

namespace Gatehouse.Interop.LibBpf;

internal static partial class LibBpf
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int bpf_prog_load(
        int type, string name, string license, ulong* instructions, nuint count, void* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial nint bpf_object__open_mem(byte* buffer, nuint size, OpenOptions* options);

    /// <summary>The beginning of <c>struct bpf_object_open_opts</c>; libbpf reads as much as <see cref="Size"/> says.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct OpenOptions
    {
        public nuint Size;
        public byte* ObjectName;
    }

    [LibraryImport(Library)]
    internal static partial int bpf_object__load(nint handle);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint handle);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_object__next_map(nint handle, nint previous);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_object__next_program(nint handle, nint previous);

    [LibraryImport(Library)]
    internal static partial nint bpf_program__name(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_autoload(nint program, [MarshalAs(UnmanagedType.U1)] bool load);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool bpf_program__autoload(nint program);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_program__attach(nint program);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_program__attach_cgroup(nint program, int group);
}
