namespace Gatehouse.Kernel.Questions;

/// <summary>What is known of a file that is being opened.</summary>
/// <param name="Path">
/// Its path as the agent sees it, with " (deleted)" behind it if it has no name any more. Not its identity.
/// </param>
/// <param name="Size">Bytes.</param>
/// <param name="OwnerUid">Owner.</param>
/// <param name="OwnerGid">Group.</param>
/// <param name="Mode">File type and permission bits.</param>
/// <param name="LinkCount">Names that it has.</param>
/// <param name="FileSystemMagic">Magic number of its file system.</param>
/// <param name="DeviceMajor">Major number of its device.</param>
/// <param name="DeviceMinor">Minor number of it.</param>
/// <param name="Inode">Number of its inode.</param>
public sealed record HeldFile(
    string Path,
    ulong Size,
    uint OwnerUid,
    uint OwnerGid,
    uint Mode,
    uint LinkCount,
    uint FileSystemMagic,
    uint DeviceMajor,
    uint DeviceMinor,
    ulong Inode);
