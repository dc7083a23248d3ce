namespace Gatehouse.KernelTests.Oracle;

/// <summary>Flags of images, by the words of the policy language.</summary>
internal static class OracleFlags
{
    public const ulong Memfd = 1;
    public const ulong Overlay = 2;
    public const ulong Unlinked = 4;
    public const ulong Writers = 8;
    public const ulong Setuid = 16;
    public const ulong Setgid = 32;
    public const ulong OverlayUpper = 64;
    public const ulong GroupWritable = 128;
    public const ulong WorldWritable = 256;
    public const ulong ReadOnly = 1024;
    public const ulong NoSuid = 2048;
    public const ulong NoDev = 4096;

    public const uint Tmpfs = 0x01021994;
    public const uint Ext4 = 0xef53;
    public const uint OverlayFileSystem = 0x794c7630;

    /// <summary>What the driver calls its copies until they have no name.</summary>
    public const string UnlinkedSuffix = ".gone";

    private const ulong OfMount = ReadOnly | NoSuid | NoDev;

    /// <summary>Of a mode as chmod takes it.</summary>
    public static ulong OfMode(string mode)
    {
        var bits = Convert.ToInt32(mode, 8);
        return ((bits & 0x800) != 0 ? Setuid : 0) | ((bits & 0x400) != 0 ? Setgid : 0)
            | ((bits & 0x10) != 0 ? GroupWritable : 0) | ((bits & 0x2) != 0 ? WorldWritable : 0);
    }

    /// <summary>Of a new file beside this one that has lost its name. On tmpfs that is memory.</summary>
    public static ulong OfUnlinked(OracleFile file) =>
        (file.Flags & OfMount) | Unlinked
        | file.FileSystemMagic switch { Tmpfs => Memfd, OverlayFileSystem => Overlay | OverlayUpper, _ => 0 };
}
