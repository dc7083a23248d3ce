using Gatehouse.Interop.LibBpf;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Handles;

/// <summary>Map types that we create ourselves.</summary>
public enum BpfMapType
{
    /// <summary>Hash table.</summary>
    Hash = 1,

    /// <summary>Array, all entries there from the start.</summary>
    Array = 2,
}

/// <summary>
/// A descriptor of a BPF map. Disposing closes the descriptor; the map lives on while a program, a pin or another map
/// refers to it. Thread safe: the kernel serialises.
/// </summary>
public sealed unsafe class BpfMap : IDisposable
{
    private readonly SafeFileHandle _handle;

    private BpfMap(int descriptor, string name)
    {
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Name = name;
    }

    /// <summary>The name, for messages.</summary>
    public string Name { get; }

    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Opens a pinned map.</summary>
    /// <exception cref="InteropException">ENOENT: not pinned there; EPERM: not allowed to open it.</exception>
    public static BpfMap OpenPinned(string path) =>
        new(LibBpfRuntime.Check(LibBpf.LibBpf.bpf_obj_get(path), $"bpf_obj_get({path})"), Path.GetFileName(path));

    /// <summary>Creates a map.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="name">At most 15 characters.</param>
    /// <param name="keySize">Bytes of a key.</param>
    /// <param name="valueSize">Bytes of a value.</param>
    /// <param name="entries">How many entries it holds at most; at least 1.</param>
    /// <param name="flags">BPF_F_… flags.</param>
    /// <exception cref="InteropException">ENOMEM, E2BIG or EPERM, from the kernel.</exception>
    public static BpfMap Create(BpfMapType type, string name, int keySize, int valueSize, int entries, uint flags = 0)
    {
        var options = new LibBpf.LibBpf.MapCreateOptions { Size = (nuint)sizeof(LibBpf.LibBpf.MapCreateOptions), MapFlags = flags };
        var descriptor = LibBpf.LibBpf.bpf_map_create(
            (int)type, name, (uint)keySize, (uint)valueSize, (uint)Math.Max(entries, 1), &options);
        return new BpfMap(LibBpfRuntime.Check(descriptor, $"bpf_map_create({name}, {entries} entries)"), name);
    }

    /// <summary>Sets the value of a key.</summary>
    /// <exception cref="InteropException">E2BIG: the map is full.</exception>
    public void Update<TKey, TValue>(in TKey key, in TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        fixed (TKey* k = &key)
        fixed (TValue* v = &value)
            LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map_update_elem(Descriptor, k, v, 0), $"bpf_map_update_elem({Name})");
    }

    /// <summary>Puts a map into a slot of this map of maps.</summary>
    public void UpdateInner(uint slot, BpfMap inner)
    {
        var descriptor = inner.Descriptor;
        LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map_update_elem(Descriptor, &slot, &descriptor, 0), $"bpf_map_update_elem({Name})");
    }

    /// <summary>Sets many values in few system calls.</summary>
    public void UpdateMany<TKey, TValue>(ReadOnlySpan<TKey> keys, ReadOnlySpan<TValue> values)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        if (keys.Length != values.Length)
            throw new ArgumentException("as many values as keys are needed", nameof(values));
        const int PerCall = 4096;
        for (var start = 0; start < keys.Length; start += PerCall)
        {
            var count = (uint)Math.Min(PerCall, keys.Length - start);
            fixed (TKey* k = keys[start..])
            fixed (TValue* v = values[start..])
                LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map_update_batch(Descriptor, k, v, &count, null), $"bpf_map_update_batch({Name})");
        }
    }

    /// <summary>Reads the value of a key, or false if there is none.</summary>
    public bool TryLookup<TKey, TValue>(in TKey key, out TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        value = default;
        int result;
        fixed (TKey* k = &key)
        fixed (TValue* v = &value)
            result = LibBpf.LibBpf.bpf_map_lookup_elem(Descriptor, k, v);
        if (result == -Linux.Errno.NoEntry)
            return false;
        LibBpfRuntime.Check(result, $"bpf_map_lookup_elem({Name})");
        return true;
    }

    /// <summary>Sum over all CPUs of a 64-bit per-CPU value.</summary>
    public ulong SumPerCpu(uint index)
    {
        var values = stackalloc ulong[LibBpfRuntime.PossibleCpuCount];
        LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map_lookup_elem(Descriptor, &index, values), $"bpf_map_lookup_elem({Name})");
        ulong sum = 0;
        for (var cpu = 0; cpu < LibBpfRuntime.PossibleCpuCount; cpu++)
            sum += values[cpu];
        return sum;
    }

    /// <summary>All keys, and empties the map.</summary>
    public IReadOnlyList<TKey> TakeKeys<TKey>()
        where TKey : unmanaged
    {
        var keys = new List<TKey>();
        TKey key = default;
        while (LibBpf.LibBpf.bpf_map_get_next_key(Descriptor, null, &key) == 0)
        {
            keys.Add(key);
            LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map_delete_elem(Descriptor, &key), $"bpf_map_delete_elem({Name})");
        }
        return keys;
    }

    /// <inheritdoc />
    public void Dispose() => _handle.Dispose();
}
