using System.Runtime.InteropServices;
using Gatehouse.Interop;
using Gatehouse.Interop.Linux;

namespace Gatehouse.Kernel;

/// <summary>What .NET does not tell of this host's files.</summary>
public static class HostFiles
{
    /// <summary>Looks at what stands at a path; a symbolic link is not followed.</summary>
    /// <returns>Null if nothing is there.</returns>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static HostFileVersion? Look(string path)
    {
        const int notDirectory = 20;
        try
        {
            var file = FileIdentity.Read(path);
            return new HostFileVersion(file.Device, file.Inode, file.Mode, file.Size, file.ModifiedNanoseconds, file.ChangedNanoseconds);
        }
        catch (InteropException e) when (e.ErrorNumber is Errno.NoEntry or notDirectory)
        {
            return null;
        }
        catch (InteropException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Whether the mount that a path lies on lets programs be executed.</summary>
    /// <exception cref="IOException">It cannot be found out.</exception>
    public static bool MayExecuteFrom(string path)
    {
        try
        {
            return !FileProbe.IsNoExec(path);
        }
        catch (InteropException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Gives a file a second name (a hard link).</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static void Link(string path, string other)
    {
        try
        {
            FileProbe.Link(path, other);
        }
        catch (InteropException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Writes a directory to the disk, so that a rename in it outlives a power cut.</summary>
    /// <exception cref="IOException">It failed: after a power cut the file before the rename may be back.</exception>
    public static void FlushDirectory(string path)
    {
        try
        {
            DirectoryFlush.Flush(path);
        }
        catch (InteropException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}

/// <summary>Which file, and which version of it.</summary>
/// <param name="Device">Device number.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Mode">File type and permission bits.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNanoseconds">mtime, since 1970.</param>
/// <param name="ChangedNanoseconds">ctime, since 1970.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct HostFileVersion(
    ulong Device, ulong Inode, uint Mode, long Size, long ModifiedNanoseconds, long ChangedNanoseconds);
