using Gatehouse.KernelTests.Guest;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>A folder of the pool, on a file system of its own kind, mounted with flags.</summary>
internal sealed class OracleFolder : IDisposable
{
    /// <summary>ELF of 64 bits, little-endian, a shared object.</summary>
    private static readonly byte[] s_library = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0x3e, 0];

    private readonly string _kind;
    private readonly uint _magic;
    private readonly ulong _flags;
    private readonly Volume _volume;

    /// <param name="kind">A kind of <see cref="Volume"/>.</param>
    /// <param name="magic">What statfs says.</param>
    /// <param name="flags">Of every file in it: of the mount, and whether it is an overlay.</param>
    public OracleFolder(string kind, uint magic, ulong flags)
    {
        (_kind, _magic, _flags, _volume) = (kind, magic, flags, Volume.Create(kind));
        var options = (flags & OracleFlags.NoSuid) != 0 ? "nosuid" : (flags & OracleFlags.NoDev) != 0 ? "nodev" : null;
        InGuest.Prepare($"chmod 755 {Path} {System.IO.Path.GetDirectoryName(Path)}");
        if (options is not null)
            InGuest.Prepare($"mount -o remount,bind,{options} {Path}");
    }

    public string Path => _volume.Folder;

    public void Dispose() => _volume.Dispose();

    /// <summary>The driver under another name.</summary>
    public OracleFile Program(string name, string mode = "755", uint uid = 0, uint gid = 0, bool lower = false)
    {
        // "…/alpha" has the same content wherever it lies; all others have one of their own.
        var own = name.EndsWith("alpha", StringComparison.Ordinal) ? "alpha" : $"{_kind} {name}";
        return Add(name, [.. File.ReadAllBytes(InGuest.Attack("oracle_driver")), .. System.Text.Encoding.UTF8.GetBytes(own)], mode, uid, gid, lower);
    }

    /// <summary>A file that is a library by its first bytes; no code is run.</summary>
    public OracleFile Library(string name, string mode = "755", uint uid = 0, uint gid = 0, bool lower = false) =>
        Add(name, [.. s_library, .. System.Text.Encoding.UTF8.GetBytes($"{_kind} {name}")], mode, uid, gid, lower) with { MayBeCopied = true };

    public OracleFile Script(string name, OracleFile interpreter) =>
        Add(name, System.Text.Encoding.UTF8.GetBytes($"#!{interpreter.Path} end\n# {name}\n"), "755", 0, 0, lower: false) with { Interpreter = interpreter };

    /// <summary>A second name for a file: rules by name and by identity must tell the difference.</summary>
    public OracleFile Link(OracleFile file, string name)
    {
        var path = $"{Path}/{name}";
        InGuest.Prepare($"ln {file.Path} {path}");
        return file with { Path = path, Names = [file.Path, path] };
    }

    private OracleFile Add(string name, byte[] content, string mode, uint uid, uint gid, bool lower)
    {
        // Beside the mount there are the layers; nothing has asked the overlay for this name yet.
        var path = lower ? $"{System.IO.Path.GetDirectoryName(Path)}/lower/{name}" : $"{Path}/{name}";
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        if (uid != 0 || gid != 0)
            InGuest.Prepare($"chown {uid}:{gid} {path}");
        // Afterwards: another owner takes bits away.
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        var layer = (_flags & OracleFlags.Overlay) != 0 && !lower ? OracleFlags.OverlayUpper : 0;
        return OracleFile.At($"{Path}/{name}") with
        {
            OwnerUid = uid,
            OwnerGid = gid,
            FileSystemMagic = _magic,
            Flags = _flags | layer | OracleFlags.OfMode(mode),
        };
    }
}
