using Gatehouse.Interop;
using Gatehouse.Interop.Linux;

namespace Gatehouse.Kernel;

/// <summary>A file of this host as rules see it, beside its path and content.</summary>
/// <param name="OwnerUid">User id of the owner.</param>
/// <param name="OwnerGid">Group id.</param>
/// <param name="Mode">File type and permission bits.</param>
/// <param name="Size">Bytes.</param>
/// <param name="FileSystemMagic">Magic number of the file system.</param>
public sealed record HostFile(uint OwnerUid, uint OwnerGid, uint Mode, ulong Size, uint FileSystemMagic)
{
    /// <summary>Looks at a file without opening it for reading, following symbolic links.</summary>
    /// <returns>Null if it is not there or may not be looked at.</returns>
    public static HostFile? TryRead(string path)
    {
        try
        {
            var status = FileStatus.Read(path);
            return new HostFile(status.OwnerUid, status.OwnerGid, status.Mode, status.Size, status.FileSystemMagic);
        }
        catch (InteropException)
        {
            return null;
        }
    }
}
