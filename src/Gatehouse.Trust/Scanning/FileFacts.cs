using System.Runtime.InteropServices;

namespace Gatehouse.Trust;

/// <summary>Looks at what stands at a path without following a symbolic link; null if nothing does.</summary>
/// <exception cref="IOException">It cannot be looked at.</exception>
public delegate FileFacts? LookAtFile(string path);

/// <summary>Which file stands at a path, and which version of it.</summary>
/// <param name="Device">Device number.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Mode">File type and permission bits.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNanoseconds">mtime.</param>
/// <param name="ChangedNanoseconds">ctime.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FileFacts(
    ulong Device, ulong Inode, uint Mode, long Size, long ModifiedNanoseconds, long ChangedNanoseconds)
{
    private const uint TypeMask = 0xf000;

    /// <summary>A regular file.</summary>
    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    /// <summary>A symbolic link.</summary>
    public bool IsLink => (Mode & TypeMask) == 0xa000;

    /// <summary>Whether anybody may execute it.</summary>
    public bool IsExecutable => (Mode & 0x49) != 0;
}
