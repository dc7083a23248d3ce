using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Linux;

/// <summary>
/// A program in an anonymous file (memfd), open for reading only, with the ways of having it loaded. Disposing closes it.
/// </summary>
public sealed unsafe class MemoryImage : IDisposable
{
    private const nuint PageBytes = 4096;
    private readonly SafeFileHandle _handle;

    private MemoryImage(int descriptor) => _handle = new SafeFileHandle(descriptor, ownsHandle: true);

    /// <summary>A path by which any process of this user can open the file.</summary>
    public string ProcPath =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}");

    /// <summary>Makes one.</summary>
    /// <param name="name">Shown in /proc and in events.</param>
    /// <param name="content">The program.</param>
    /// <exception cref="InteropException">memfd_create, write or open failed.</exception>
    public static MemoryImage Create(string name, ReadOnlySpan<byte> content)
    {
        var writable = Check(LibC.memfd_create(name, LibC.MemfdCloseOnExec), "memfd_create");
        try
        {
            fixed (byte* bytes = content)
            {
                if (LibC.write(writable, bytes, (nuint)content.Length) != content.Length)
                    throw new InteropException("write(memfd)", Marshal.GetLastPInvokeError());
            }
            // A file that is open for writing cannot be executed (ETXTBSY), so it is opened again without.
            var readable = Check(
                LibC.open($"/proc/self/fd/{writable}", LibC.OpenReadOnly | LibC.OpenCloseOnExec), "open(memfd)");
            return new MemoryImage(readable);
        }
        finally
        {
            _ = LibC.close(writable);
        }
    }

    /// <summary>Runs it and waits for its end.</summary>
    /// <returns>0 and its exit status, or the errno with which execve was refused.</returns>
    public (int ErrorNumber, int ExitStatus) Execute()
    {
        int pid;
        fixed (byte* name = "canary\0"u8)
        {
            var arguments = stackalloc byte*[2] { name, null };
            var environment = stackalloc byte*[1] { null };
            // The child's own descriptor: a policy may keep others away from those of this process.
            var path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_handle.DangerousGetHandle()}");
            var error = LibC.posix_spawn(&pid, path, null, null, arguments, environment);
            if (error != 0)
                return (error, 0);
        }
        int status;
        while (LibC.waitpid(pid, &status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                return (Marshal.GetLastPInvokeError(), 0);
        }
        return (0, (status >> 8) & 0xff);
    }

    /// <summary>
    /// Maps it executable, shared: of a private mapping the shield would think that a loader brings code into the agent. Returns 0 or the errno.
    /// </summary>
    public int MapExecutable()
    {
        var address = LibC.mmap(
            0, PageBytes, LibC.ProtectionRead | LibC.ProtectionExecute, LibC.MapShared, (int)_handle.DangerousGetHandle(), 0);
        if (address == -1)
            return Marshal.GetLastPInvokeError();
        _ = LibC.munmap(address, PageBytes);
        return 0;
    }

    /// <summary>Maps it readable and makes the mapping executable afterwards. Returns 0 or the errno of mprotect.</summary>
    /// <exception cref="InteropException">The readable mapping failed.</exception>
    public int ProtectExecutable()
    {
        var address = LibC.mmap(0, PageBytes, LibC.ProtectionRead, LibC.MapShared, (int)_handle.DangerousGetHandle(), 0);
        if (address == -1)
            throw new InteropException("mmap(PROT_READ)", Marshal.GetLastPInvokeError());
        var result = LibC.mprotect(address, PageBytes, LibC.ProtectionRead | LibC.ProtectionExecute);
        var error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = LibC.munmap(address, PageBytes);
        return error;
    }

    /// <summary>Offers it to the kernel as a module. Returns the errno: ENOEXEC if it was read and is none.</summary>
    public int LoadAsModule()
    {
        fixed (byte* parameters = "\0"u8)
            return LibC.finit_module(LibC.FinitModuleNumber, (int)_handle.DangerousGetHandle(), parameters, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <inheritdoc />
    public void Dispose() => _handle.Dispose();

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new InteropException(call, Marshal.GetLastPInvokeError());
}
