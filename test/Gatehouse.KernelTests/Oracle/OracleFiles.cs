using Gatehouse.KernelTests.Guest;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>
/// The pool of files. They differ in all that rules can ask of a file: file system, layer, mount, mode, owner, names, content, who
/// vouches for it, and who writes to it.
/// </summary>
internal sealed class OracleFiles : IDisposable
{
    private readonly OracleFolder[] _folders;
    private readonly string _alias = Directory.CreateTempSubdirectory("gatehouse-alias-").FullName;
    private readonly FileStream _writer;

    public OracleFiles()
    {
        OracleFolder tmpfs = new("tmpfs", OracleFlags.Tmpfs, 0);
        // Bits for another user or group say nothing on a mount with nosuid, so that who starts a program stays who he is.
        OracleFolder ext4 = new("ext4-verity", OracleFlags.Ext4, OracleFlags.NoSuid);
        OracleFolder overlay = new("overlay", OracleFlags.OverlayFileSystem, OracleFlags.Overlay | OracleFlags.NoDev);
        _folders = [tmpfs, ext4, overlay];
        List<OracleFile> programs =
        [
            tmpfs.Program("tools/alpha"), tmpfs.Program("tools/alpha.old", uid: 1000), tmpfs.Program("tools/beta", "777", gid: 1001) with { Trust = "baseline" },
            tmpfs.Program("lib/beta.so"), tmpfs.Program("däta/gamma", "775", uid: 1003, gid: 1000),
            ext4.Program("alpha"), Seal(ext4.Program("bin/alpha", uid: 1000)), ext4.Program("bin/delta-x", "4755") with { Trust = "baseline" },
            ext4.Program("bin/delta-y", "2775", gid: 1002),
            overlay.Program("bin/alpha"), overlay.Program("opt/a/delta", uid: 1000, lower: true), overlay.Program("opt/b/epsilon", "777", lower: true),
        ];
        List<OracleFile> libraries =
        [
            tmpfs.Library("lib/plain", "644", gid: 1000) with { LooksLikeImage = false }, tmpfs.Library("lib/setuid.so", "4755"),
            tmpfs.Library("lib/wide.so", "666", uid: 1000, gid: 1001), tmpfs.Library("lib/packaged.so") with { Trust = "package" },
            Seal(ext4.Library("lib/sealed.so", uid: 1002)) with { Trust = "baseline" }, ext4.Library("lib/signed.so", "2775") with { Trust = "signer" },
            overlay.Library("lib/lower.so", "6755", gid: 1002, lower: true), overlay.Library("lib/upper.so", "775", uid: 1000) with { Trust = "baseline" },
        ];
        OracleTrust.Record([.. programs, .. libraries]);
        OracleFile[] scripts = [tmpfs.Script("scripts/run", programs[2]), tmpfs.Script("scripts/run.sh", programs[6])];

        var written = tmpfs.Library("lib/written.so", uid: 1001);
        _writer = new FileStream(written.Path, FileMode.Open, FileAccess.ReadWrite);
        libraries.Add(written with { Flags = written.Flags | OracleFlags.Writers });

        var link = tmpfs.Link(programs[0], "tools/link");
        InGuest.Prepare($"mount --bind {tmpfs.Path} {_alias} && mount -o remount,bind,ro,nosuid,nodev {_alias}");
        string[] both = [programs[0].Path, link.Path];
        IEnumerable<OracleFile> named = [.. programs.Select(p => both.Contains(p.Path, StringComparer.Ordinal) ? p with { Names = both } : p), link];
        Programs = [.. named.SelectMany(p => WithAlias(p, tmpfs))];
        Residents = [.. Programs.Where(p => !p.Path.StartsWith(_alias, StringComparison.Ordinal))];
        // By now all names of the interpreters are known.
        Scripts = [.. scripts.Select(s => s with { Interpreter = Programs.Single(p => string.Equals(p.Path, s.Interpreter!.Path, StringComparison.Ordinal)) })];
        Libraries = [.. libraries.SelectMany(l => WithAlias(l, tmpfs))];
    }

    /// <summary>Programs of which there is a process all the time.</summary>
    public IReadOnlyList<OracleFile> Residents { get; }

    public IReadOnlyList<OracleFile> Programs { get; }

    public IReadOnlyList<OracleFile> Scripts { get; }

    public IReadOnlyList<OracleFile> Libraries { get; }

    public IReadOnlyList<string> Roots => [.. _folders.Select(static f => f.Path), _alias];

    public void Dispose()
    {
        _writer.Dispose();
        InGuest.Shell($"umount -l {_alias}; rmdir {_alias}");
        foreach (var folder in _folders)
            folder.Dispose();
    }

    /// <summary>The file by a second mount too, if it lies in the folder: one file, and other facts.</summary>
    private IEnumerable<OracleFile> WithAlias(OracleFile file, OracleFolder folder)
    {
        if (!file.Path.StartsWith(folder.Path + "/", StringComparison.Ordinal))
            return [file];
        var path = _alias + file.Path[folder.Path.Length..];
        string[] names = [.. file.Names, .. file.Names.Select(n => _alias + n[folder.Path.Length..])];
        return
        [
            file with { Names = names },
            file with { Names = names, Path = path, Flags = file.Flags | OracleFlags.ReadOnly | OracleFlags.NoSuid | OracleFlags.NoDev, MayBeCopied = false },
        ];
    }

    private static OracleFile Seal(OracleFile file) => file with { VerityDigest = InGuest.Prepare($"{InGuest.Attack("verity")} {file.Path}").Trim() };
}
