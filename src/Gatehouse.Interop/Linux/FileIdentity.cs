using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>Which file stands at a path and which version of it, by statx.</summary>
/// <param name="Device">Device number, major in the upper 32 bits.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Mode">File type and permission bits.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNanoseconds">mtime, nanoseconds since 1970. Its owner sets it at will.</param>
/// <param name="ChangedNanoseconds">ctime, nanoseconds since 1970. Whoever sets the clock sets it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FileIdentity(
    ulong Device, ulong Inode, uint Mode, long Size, long ModifiedNanoseconds, long ChangedNanoseconds)
{
    private const int StatxBytes = 256;
    private const uint BasicStatistics = 0x7ff;
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Looks at what stands at a path; a symbolic link is not followed.</summary>
    /// <exception cref="InteropException">statx failed.</exception>
    public static unsafe FileIdentity Read(string path)
    {
        var file = stackalloc byte[StatxBytes];
        if (LibC.statx(CurrentDirectory, path, DoNotFollow, BasicStatistics, file) < 0)
            throw new InteropException($"statx({path})", Marshal.GetLastPInvokeError());
        // struct statx: mode at 28, inode at 32, size at 40, ctime at 96, mtime at 112, device at 136.
        return new FileIdentity(
            ((ulong)*(uint*)(file + 136) << 32) | *(uint*)(file + 140),
            *(ulong*)(file + 32),
            *(ushort*)(file + 28),
            *(long*)(file + 40),
            Nanoseconds(file + 112),
            Nanoseconds(file + 96));
    }

    private static unsafe long Nanoseconds(byte* time) => (*(long*)time * NanosecondsPerSecond) + *(uint*)(time + 8);
}
