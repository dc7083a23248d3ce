using System.Runtime.InteropServices;

namespace Gatehouse.Interop.LibBpf;

internal static partial class LibBpf
{
    [LibraryImport(Library, SetLastError = true)]
    internal static unsafe partial nint ring_buffer__new(
        int descriptor, delegate* unmanaged[Cdecl]<void*, void*, nuint, int> sample, void* context, void* options);

    [LibraryImport(Library)]
    internal static partial int ring_buffer__poll(nint ring, int milliseconds);

    [LibraryImport(Library)]
    internal static partial void ring_buffer__free(nint ring);
}
