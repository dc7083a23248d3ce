using System.Runtime.CompilerServices;
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

/// <summary>What a map looks like. Inner maps must agree in all but the number of entries with what the object declares.</summary>
/// <param name="Type">Its type.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="ValueSize">Bytes of a value.</param>
/// <param name="Entries">How many entries it holds at most.</param>
/// <param name="Flags">BPF_F_… flags.</param>
public sealed record BpfMapShape(BpfMapType Type, int KeySize, int ValueSize, int Entries, uint Flags);

/// <summary>
/// A descriptor of a BPF map. Disposing closes the descriptor; the map lives on while a program, a pin or another map
/// refers to it. Thread safe: the kernel serialises.
/// </summary>
public sealed unsafe class BpfMap : IDisposable
{
    private const int PerCall = 16_384;

    private readonly SafeFileHandle _handle;
    private readonly int _keySize;
    private readonly int _valueSize;

    private BpfMap(int descriptor, string name, int keySize, int valueSize, int maxEntries)
    {
        MaxEntries = maxEntries;
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Name = name;
        _keySize = keySize;
        _valueSize = valueSize;
    }

    /// <summary>The name, for messages.</summary>
    public string Name { get; }

    /// <summary>How many entries it holds at most.</summary>
    public int MaxEntries { get; }

    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Opens a pinned map.</summary>
    /// <exception cref="InteropException">ENOENT: not pinned there; EPERM: not allowed to open it.</exception>
    public static BpfMap OpenPinned(string path)
    {
        var descriptor = LibBpfRuntime.Check(LibBpf.LibBpf.bpf_obj_get(path), $"bpf_obj_get({path})");
        LibBpf.LibBpf.MapInformation information = default;
        var length = (uint)sizeof(LibBpf.LibBpf.MapInformation);
        var result = LibBpf.LibBpf.bpf_obj_get_info_by_fd(descriptor, &information, &length);
        var map = new BpfMap(descriptor, Path.GetFileName(path), (int)information.KeySize, (int)information.ValueSize, (int)information.MaximumEntries);
        if (result < 0)
        {
            map.Dispose();
            throw new InteropException($"bpf_obj_get_info_by_fd({path})", -result);
        }
        return map;
    }

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
        return new BpfMap(LibBpfRuntime.Check(descriptor, $"bpf_map_create({name}, {entries} entries)"), name, keySize, valueSize, Math.Max(entries, 1));
    }

    /// <summary>Sets the value of a key.</summary>
    /// <exception cref="InteropException">E2BIG: the map is full.</exception>
    public void Update<TKey, TValue>(in TKey key, in TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        RequireSizes<TKey, TValue>();
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
        RequireSizes<TKey, TValue>();
        for (var start = 0; start < keys.Length; start += PerCall)
        {
            var count = (uint)Math.Min(PerCall, keys.Length - start);
            fixed (TKey* k = keys[start..])
            fixed (TValue* v = values[start..])
                LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map_update_batch(Descriptor, k, v, &count, null), $"bpf_map_update_batch({Name})");
        }
    }

    /// <summary>Sets the first values of an array in few system calls; what is behind them stays as it is.</summary>
    public void UpdateArray<TValue>(ReadOnlySpan<TValue> values)
        where TValue : unmanaged
    {
        RequireSizes<uint, TValue>();
        var indices = new uint[Math.Min(PerCall, values.Length)];
        for (var start = 0; start < values.Length; start += PerCall)
        {
            var count = (uint)Math.Min(PerCall, values.Length - start);
            for (var i = 0u; i < count; i++)
                indices[i] = (uint)start + i;
            fixed (uint* k = indices)
            fixed (TValue* v = values[start..])
                LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map_update_batch(Descriptor, k, v, &count, null), $"bpf_map_update_batch({Name})");
        }
    }

    /// <summary>Reads the value of a key, or false if there is none.</summary>
    public bool TryLookup<TKey, TValue>(in TKey key, out TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        RequireSizes<TKey, TValue>();
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

    /// <summary>Removes a key, if it is there.</summary>
    public void Remove<TKey>(in TKey key)
        where TKey : unmanaged
    {
        RequireKey<TKey>();
        fixed (TKey* k = &key)
        {
            var result = LibBpf.LibBpf.bpf_map_delete_elem(Descriptor, k);
            if (result != -Linux.Errno.NoEntry)
                LibBpfRuntime.Check(result, $"bpf_map_delete_elem({Name})");
        }
    }

    /// <summary>All keys, as far as the map does not change meanwhile: then some may be missing, and some there twice.</summary>
    public IReadOnlyList<TKey> ReadKeys<TKey>()
        where TKey : unmanaged
    {
        RequireKey<TKey>();
        var keys = new List<TKey>();
        TKey key = default, next = default;
        var result = LibBpf.LibBpf.bpf_map_get_next_key(Descriptor, null, &next);
        while (result == 0)
        {
            keys.Add(next);
            key = next;
            result = LibBpf.LibBpf.bpf_map_get_next_key(Descriptor, &key, &next);
        }
        return keys;
    }

    /// <summary>All keys, and empties the map.</summary>
    public IReadOnlyList<TKey> TakeKeys<TKey>()
        where TKey : unmanaged
    {
        RequireKey<TKey>();
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

    private void RequireKey<TKey>()
        where TKey : unmanaged
    {
        if (Unsafe.SizeOf<TKey>() != _keySize)
            throw new InvalidOperationException($"{Name} has keys of {_keySize} bytes, not {Unsafe.SizeOf<TKey>()}");
    }

    /// <summary>The kernel takes the sizes from the map and not from us: a wrong type would read or write beyond it.</summary>
    private void RequireSizes<TKey, TValue>()
        where TKey : unmanaged
        where TValue : unmanaged
    {
        if (Unsafe.SizeOf<TKey>() != _keySize || Unsafe.SizeOf<TValue>() != _valueSize)
        {
            throw new InvalidOperationException(
                $"{Name} has keys of {_keySize} and values of {_valueSize} bytes, not {Unsafe.SizeOf<TKey>()} and {Unsafe.SizeOf<TValue>()}");
        }
    }
}
