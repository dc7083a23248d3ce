using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Handles;

/// <summary>
/// A variable of the kernel object that has a map of its own, as memory: what is written is seen by the programs at once, and
/// a number of eight bytes as a whole. Disposing unmaps it; the map lives on while a program or a pin refers to it.
/// </summary>
/// <typeparam name="T">What the variable is; its size must be the map's value size.</typeparam>
public sealed unsafe class BpfVariable<T> : IDisposable
    where T : unmanaged
{
    private readonly nuint _bytes;
    private readonly nint _address;
    private int _disposed;

    /// <summary>Maps the variable whose map is pinned at a path.</summary>
    /// <exception cref="InteropException">
    /// ENOENT: not pinned there; EPERM: not allowed to open it; EINVAL or ENOMEM: not allowed to map it.
    /// </exception>
    public BpfVariable(string path)
    {
        using var handle = new SafeFileHandle(LibBpfRuntime.Check(LibBpf.LibBpf.bpf_obj_get(path), $"bpf_obj_get({path})"), ownsHandle: true);
        var descriptor = (int)handle.DangerousGetHandle();
        LibBpf.LibBpf.MapInformation information = default;
        var length = (uint)sizeof(LibBpf.LibBpf.MapInformation);
        LibBpfRuntime.Check(
            LibBpf.LibBpf.bpf_obj_get_info_by_fd(descriptor, &information, &length), $"bpf_obj_get_info_by_fd({path})");
        if (information.ValueSize != (uint)sizeof(T))
            throw new InvalidOperationException($"{path} has {information.ValueSize} bytes, and {typeof(T).Name} has {sizeof(T)}");
        _bytes = ((nuint)sizeof(T) + (nuint)Environment.SystemPageSize - 1) & ~((nuint)Environment.SystemPageSize - 1);
        _address = LibC.mmap(0, _bytes, LibC.ProtectionRead | LibC.ProtectionWrite, LibC.MapShared, descriptor, 0);
        if (_address == -1)
            throw new InteropException($"mmap({path})", Marshal.GetLastPInvokeError());
    }

    /// <summary>The variable itself. Not to be used after <see cref="Dispose"/>.</summary>
    public ref T Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return ref Unsafe.AsRef<T>((void*)_address);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            _ = LibC.munmap(_address, _bytes);
    }
}
