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

    /// <summary>The inode's number, as user space sees it.</summary>
    public ulong Inode { get; init; }

    /// <summary>Major number of the device that the file is on.</summary>
    public uint DeviceMajor { get; init; }

    /// <summary>Minor number of it.</summary>
    public uint DeviceMinor { get; init; }

    /// <summary>Looks at a file without opening it for reading, following symbolic links.</summary>
    /// <exception cref="InteropException">open, statx or fstatfs failed.</exception>
    public static unsafe FileStatus Read(string path)
    {
        var descriptor = LibC.open(path, LibC.OpenPath | LibC.OpenCloseOnExec);
        if (descriptor < 0)
            throw new InteropException($"open({path})", Marshal.GetLastPInvokeError());
        try
        {
            return Read(descriptor, path);
        }
        finally
        {
            _ = LibC.close(descriptor);
        }
    }

    /// <summary>Looks at an open file.</summary>
    /// <exception cref="InteropException">statx or fstatfs failed.</exception>
    public static FileStatus Read(SafeHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var held = false;
        file.DangerousAddRef(ref held);
        try
        {
            return Read((int)file.DangerousGetHandle(), "descriptor");
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    private static unsafe FileStatus Read(int descriptor, string what)
    {
        var file = stackalloc byte[StatxBytes];
        if (LibC.statx(descriptor, "", EmptyPath, BasicStatistics, file) < 0)
            throw new InteropException($"statx({what})", Marshal.GetLastPInvokeError());
        var system = stackalloc byte[StatfsBytes];
        if (LibC.fstatfs(descriptor, system) < 0)
            throw new InteropException($"fstatfs({what})", Marshal.GetLastPInvokeError());
        // struct statx: links, uid, gid and mode at 16, 20, 24 and 28, inode at 32, size at 40, device at 136; struct statfs begins
        // with the magic number.
        return new FileStatus(
            *(uint*)(file + 20), *(uint*)(file + 24), *(ushort*)(file + 28), *(ulong*)(file + 40), *(uint*)(file + 16), *(uint*)system)
        {
            Inode = *(ulong*)(file + 32),
            DeviceMajor = *(uint*)(file + 136),
            DeviceMinor = *(uint*)(file + 140),
        };
    }
}
