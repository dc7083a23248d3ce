using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>What statx and statfs say about a file.</summary>
/// <param name="OwnerUid">User id of the owner.</param>
/// <param name="OwnerGid">Group id.</param>
/// <param name="Mode">File type and permission bits.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LinkCount">Names that the file has.</param>
/// <param name="FileSystemMagic">Magic number of the file system that user space sees.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FileStatus(uint OwnerUid, uint OwnerGid, uint Mode, ulong Size, uint LinkCount, uint FileSystemMagic)
{
    private const int StatxBytes = 256;
    private const int StatfsBytes = 120;
    private const uint BasicStatistics = 0x7ff;
    private const int EmptyPath = 0x1000;

    /// <summary>Looks at a file without opening it for reading, following symbolic links.</summary>
    /// <exception cref="InteropException">open, statx or fstatfs failed.</exception>
    public static unsafe FileStatus Read(string path)
    {
        var descriptor = LibC.open(path, LibC.OpenPath | LibC.OpenCloseOnExec);
        if (descriptor < 0)
            throw new InteropException($"open({path})", Marshal.GetLastPInvokeError());
        try
        {
            var file = stackalloc byte[StatxBytes];
            if (LibC.statx(descriptor, "", EmptyPath, BasicStatistics, file) < 0)
                throw new InteropException($"statx({path})", Marshal.GetLastPInvokeError());
            var system = stackalloc byte[StatfsBytes];
            if (LibC.fstatfs(descriptor, system) < 0)
                throw new InteropException($"fstatfs({path})", Marshal.GetLastPInvokeError());
            // struct statx: links, uid, gid and mode at 16, 20, 24 and 28, size at 40; struct statfs begins with the magic number.
            return new FileStatus(
                *(uint*)(file + 20), *(uint*)(file + 24), *(ushort*)(file + 28), *(ulong*)(file + 40), *(uint*)(file + 16), *(uint*)system);
        }
        finally
        {
            _ = LibC.close(descriptor);
        }
    }
}
