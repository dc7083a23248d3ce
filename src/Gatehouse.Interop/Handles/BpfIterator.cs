using System.Runtime.InteropServices;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Handles;

/// <summary>
/// The pinned link of a program that the kernel calls once for each object of a kind, such as each task. It runs when an
/// iterator of the link is read, on the reading thread. Disposing closes the descriptor; the pin stays.
/// </summary>
public sealed unsafe class BpfIterator : IDisposable
{
    private const int BufferBytes = 4096;

    private readonly string _path;
    private readonly SafeFileHandle _link;

    private BpfIterator(string path, int descriptor)
    {
        _path = path;
        _link = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Opens a pinned link.</summary>
    /// <exception cref="InteropException">ENOENT: not pinned there; EPERM: not allowed to open it.</exception>
    public static BpfIterator OpenPinned(string path) =>
        new(path, LibBpfRuntime.Check(LibBpf.LibBpf.bpf_obj_get(path), $"bpf_obj_get({path})"));

    /// <summary>Lets the program see every object once.</summary>
    /// <returns>How many bytes it wrote; what they were is thrown away.</returns>
    /// <exception cref="InteropException">EINVAL: the link is not one of an iterator; else what the read failed with.</exception>
    public long Run()
    {
        using var iterator = new SafeFileHandle(
            LibBpfRuntime.Check(
                LibBpf.LibBpf.bpf_iter_create((int)_link.DangerousGetHandle()), $"bpf_iter_create({_path})"),
            ownsHandle: true);
        var buffer = stackalloc byte[BufferBytes];
        long total = 0;
        while (true)
        {
            var length = LibC.read((int)iterator.DangerousGetHandle(), buffer, BufferBytes);
            if (length == 0)
                return total;
            if (length > 0)
            {
                total += length;
                continue;
            }
            // EAGAIN: a million objects were seen without output; the next read goes on behind them.
            var error = Marshal.GetLastPInvokeError();
            if (error is not (Errno.Interrupted or Errno.TryAgain))
                throw new InteropException($"read({_path})", error);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _link.Dispose();
}
