using Gatehouse.Kernel;

namespace Gatehouse.Trust.Tests.Fakes;

/// <summary>This host's files, as the command line hands them in.</summary>
internal static class Host
{
    public static FileFacts? Look(string path) => HostFiles.Look(path) is { } f
        ? new FileFacts(f.Device, f.Inode, f.Mode, f.Size, f.ModifiedNanoseconds, f.ChangedNanoseconds)
        : null;
}
