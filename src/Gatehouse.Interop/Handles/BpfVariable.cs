using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Handles;

/// <summary>
/// A variable of the kernel object that has a map of its own, as memory: what is written is seen by the programs at once, and
/// a number of eight bytes as a whole. Disposing unmaps it; the map lives on while a program or a pin refers to it. Thread safe.
/// </summary>
/// <typeparam name="T">What the variable is; its size must be the map's value size.</typeparam>
public sealed unsafe class BpfVariable<T> : IDisposable
    where T : unmanaged
{
    private readonly MappedMemory _memory;

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
        var bytes = ((nuint)sizeof(T) + (nuint)Environment.SystemPageSize - 1) & ~((nuint)Environment.SystemPageSize - 1);
        var address = LibC.mmap(0, bytes, LibC.ProtectionRead | LibC.ProtectionWrite, LibC.MapShared, descriptor, 0);
        var error = Marshal.GetLastPInvokeError();
        _memory = new MappedMemory(address, bytes);
        if (_memory.IsInvalid)
            throw new InteropException($"mmap({path})", error);
    }

    /// <summary>Reads or writes the variable. It is not unmapped before <paramref name="access"/> returns.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed already.</exception>
    public void With(VariableAccess<T> access)
    {
        ArgumentNullException.ThrowIfNull(access);
        var held = false;
        try
        {
            _memory.DangerousAddRef(ref held);
            access(ref Unsafe.AsRef<T>((void*)_memory.DangerousGetHandle()));
        }
        finally
        {
            if (held)
                _memory.DangerousRelease();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _memory.Dispose();
}
