using System.Runtime.InteropServices;

namespace Gatehouse.Interop.LibBpf;

internal static partial class LibBpf
{
    [LibraryImport(Library)]
    internal static partial nint bpf_map__name(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__fd(nint map);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_map__inner_map(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__type(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__key_size(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__value_size(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__max_entries(nint map);

    [LibraryImport(Library)]
    internal static partial uint bpf_map__map_flags(nint map);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_max_entries(nint map, uint entries);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_map__pin(nint map, string path);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static unsafe partial int bpf_map_create(
        int type, string name, uint keySize, uint valueSize, uint maximumEntries, MapCreateOptions* options);

    [LibraryImport(Library)]
    internal static unsafe partial int bpf_map_update_elem(int descriptor, void* key, void* value, ulong flags);

    [LibraryImport(Library)]
    internal static unsafe partial int bpf_map_lookup_elem(int descriptor, void* key, void* value);

    [LibraryImport(Library)]
    internal static unsafe partial int bpf_map_delete_elem(int descriptor, void* key);

    [LibraryImport(Library)]
    internal static unsafe partial int bpf_map_get_next_key(int descriptor, void* key, void* next);

    [LibraryImport(Library)]
    internal static unsafe partial int bpf_map_update_batch(int descriptor, void* keys, void* values, uint* count, void* options);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int bpf_obj_get(string path);

    [LibraryImport(Library)]
    internal static unsafe partial int bpf_obj_get_info_by_fd(int descriptor, void* information, uint* length);

    /// <summary>The beginning of <c>struct bpf_map_info</c>; the kernel writes as much as it is given room for.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MapInformation
    {
        public uint Type;
        public uint Id;
        public uint KeySize;
        public uint ValueSize;
        public uint MaximumEntries;
        public uint MapFlags;
    }

    /// <summary><c>struct bpf_map_create_opts</c>; libbpf reads as much as <see cref="Size"/> says.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MapCreateOptions
    {
        public nuint Size;
        public uint BtfDescriptor;
        public uint BtfKeyType;
        public uint BtfValueType;
        public uint BtfVmlinuxValueType;
        public uint InnerMapDescriptor;
        public uint MapFlags;
        public ulong MapExtra;
        public uint NumaNode;
        public uint MapInterfaceIndex;
    }
}
