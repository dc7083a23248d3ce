using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Linux;

/// <summary>What stands at a path, found without side effects on devices and pipes.</summary>
/// <param name="ErrorNumber">0, or the errno of the call named by <paramref name="Call"/>.</param>
/// <param name="Call">The call that failed, or "".</param>
/// <param name="ResolvedPath">The path after following links, or null.</param>
/// <param name="IsRegular">Whether it is a regular file.</param>
public readonly record struct FileProbe(int ErrorNumber, string Call, string? ResolvedPath, bool IsRegular)
{
    private const int PathBytes = 4096;
    private const int StatxModeOffset = 28;
    private const int StatxBytes = 256;
    private const uint StatxTypeMask = 1;
    private const int EmptyPath = 0x1000;

    /// <summary>Looks at a path, following symbolic links.</summary>
    public static unsafe FileProbe Look(string path)
    {
        var descriptor = LibC.open(path, LibC.OpenPath | LibC.OpenCloseOnExec);
        if (descriptor < 0)
            return new FileProbe(Marshal.GetLastPInvokeError(), "open", null, false);
        try
        {
            var buffer = stackalloc byte[PathBytes];
            var length = LibC.readlink($"/proc/self/fd/{descriptor}", buffer, PathBytes);
            if (length < 0)
                return new FileProbe(Marshal.GetLastPInvokeError(), "readlink", null, false);
            var resolved = Encoding.UTF8.GetString(buffer, (int)length);

            var result = stackalloc byte[StatxBytes];
            if (LibC.statx(descriptor, "", EmptyPath, StatxTypeMask, result) < 0)
                return new FileProbe(Marshal.GetLastPInvokeError(), "statx", resolved, false);
            var mode = *(ushort*)(result + StatxModeOffset);
            return new FileProbe(0, "", resolved, (mode & 0xf000) == 0x8000);
        }
        finally
        {
            _ = LibC.close(descriptor);
        }
    }

    /// <summary>
    /// Holds what stands at a path, so that the kernel does not forget the inode and number it anew, as overlayfs does with directories. Reads
    /// nothing. Disposing lets go.
    /// </summary>
    /// <exception cref="InteropException">It cannot be opened.</exception>
    public static SafeFileHandle Hold(string path)
    {
        var descriptor = LibC.open(path, LibC.OpenPath | LibC.OpenCloseOnExec);
        return descriptor >= 0
            ? new SafeFileHandle((nint)descriptor, ownsHandle: true)
            : throw new InteropException($"open({path})", Marshal.GetLastPInvokeError());
    }

    /// <summary>Where a symbolic link leads; empty if that cannot be had.</summary>
    public static unsafe string ReadLink(string path)
    {
        var buffer = stackalloc byte[PathBytes];
        var length = LibC.readlink(path, buffer, PathBytes);
        return length < 0 ? "" : Encoding.UTF8.GetString(buffer, (int)length);
    }

    /// <summary>Opens and closes a regular file, so that the kernel's file_open hook sees it on this thread.</summary>
    /// <returns>0 or the errno.</returns>
    public static int Touch(string path)
    {
        var descriptor = LibC.open(
            path, LibC.OpenReadOnly | LibC.OpenNonBlocking | LibC.OpenNoControllingTerminal | LibC.OpenCloseOnExec);
        if (descriptor < 0)
            return Marshal.GetLastPInvokeError();
        _ = LibC.close(descriptor);
        return 0;
    }

    /// <summary>Opens for writing and closes, and writes nothing.</summary>
    /// <returns>0 or the errno.</returns>
    public static int TouchForWriting(string path)
    {
        var descriptor = LibC.open(path, LibC.OpenWriteOnly | LibC.OpenCloseOnExec);
        if (descriptor < 0)
            return Marshal.GetLastPInvokeError();
        _ = LibC.close(descriptor);
        return 0;
    }

    /// <summary>Whether the mount that a path lies on lets no program be executed.</summary>
    /// <exception cref="InteropException">It cannot be found out.</exception>
    public static unsafe bool IsNoExec(string path)
    {
        const int noExec = 8; // ST_NOEXEC
        var descriptor = LibC.open(path, LibC.OpenPath | LibC.OpenCloseOnExec);
        if (descriptor < 0)
            throw new InteropException($"open({path})", Marshal.GetLastPInvokeError());
        try
        {
            var statistics = stackalloc byte[120];
            if (LibC.fstatfs(descriptor, statistics) < 0)
                throw new InteropException($"fstatfs({path})", Marshal.GetLastPInvokeError());
            return (*(long*)(statistics + 80) & noExec) != 0;
        }
        finally
        {
            _ = LibC.close(descriptor);
        }
    }

    /// <summary>Gives a file a second name.</summary>
    /// <exception cref="InteropException">link(2) failed.</exception>
    public static void Link(string path, string other)
    {
        if (LibC.link(path, other) < 0)
            throw new InteropException($"link({path}, {other})", Marshal.GetLastPInvokeError());
    }

    /// <summary>The calling thread's id.</summary>
    public static int CurrentThreadId => LibC.gettid();
}
