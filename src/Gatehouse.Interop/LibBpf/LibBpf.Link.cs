using System.Runtime.InteropServices;

namespace Gatehouse.Interop.LibBpf;

internal static partial class LibBpf
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_link__pin(nint link, string path);

    [LibraryImport(Library)]
    internal static partial int bpf_link__destroy(nint link);

    [LibraryImport(Library)]
    internal static partial int bpf_iter_create(int linkDescriptor);
}
