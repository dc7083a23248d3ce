namespace Gatehouse.KernelTests.Guest;

/// <summary>Another way to reach the files of one folder; disposing removes it. All at once: in the guest a shell takes longer than an attack.</summary>
internal sealed class ImageAlias : IDisposable
{
    private readonly Func<string, string> _nameOf;
    private readonly Func<string, string[]> _command;
    private readonly string _undo;

    private ImageAlias(Func<string, string> nameOf, string undo, Func<string, string[]>? command = null)
    {
        _nameOf = nameOf;
        _undo = undo;
        _command = command ?? (static program => [InGuest.Attack(program)]);
    }

    public static IReadOnlyList<string> Names { get; } =
    [
        "hard link", "rename", "symbolic link", "bind mount of the file", "bind mount of the folder", "mount namespace",
        "chroot",
        "root of a process",
    ];

    /// <summary>Tries ways of a program by this name of the file.</summary>
    public ImageWays Try(string program, string file, params string[] ways) =>
        ImageWays.Try([.. _command(program), _nameOf(System.IO.Path.GetFileName(file)), .. ways]);

    public static ImageAlias Create(string name, IReadOnlyList<string> files, IReadOnlyList<string> programs)
    {
        var folder = System.IO.Path.GetDirectoryName(files[0])!;
        var other = Directory.CreateTempSubdirectory("gatehouse-alias-").FullName;
        string Each(Func<string, string> line) => string.Join("; ", files.Select(f => line(System.IO.Path.GetFileName(f))));
        switch (name)
        {
            case "hard link":
                Prepare(Each(f => $"ln {folder}/{f} {folder}/other-{f}"));
                return new ImageAlias(f => $"{folder}/other-{f}", $"rm {folder}/other-*; rmdir {other}");
            case "rename":
                Prepare(Each(f => $"mv {folder}/{f} {folder}/new-{f}"));
                return new ImageAlias(f => $"{folder}/new-{f}", $"{Each(f => $"mv {folder}/new-{f} {folder}/{f}")}; rmdir {other}");
            case "symbolic link":
                Prepare(Each(f => $"ln -s {folder}/{f} {other}/{f}"));
                return new ImageAlias(f => $"{other}/{f}", $"rm -r {other}");
            case "bind mount of the file":
                Prepare(Each(f => $"touch {other}/{f}; mount --bind {folder}/{f} {other}/{f}"));
                return new ImageAlias(f => $"{other}/{f}", $"umount {other}/*; rm -r {other}");
            case "bind mount of the folder":
                Prepare($"mount --bind {folder} {other}");
                return new ImageAlias(f => $"{other}/{f}", $"umount {other}; rmdir {other}");
            case "mount namespace":
                return new ImageAlias(
                    f => $"{other}/{f}",
                    $"rmdir {other}",
                    program =>
                    [
                        "unshare", "--mount", "sh", "-c", $"mount --bind {folder} {other} && exec \"$@\"", "sh", InGuest.Attack(program),
                    ]);
            case "chroot":
                Prepare($"mkdir {folder}/dev {folder}/attacks; mknod -m 666 {folder}/dev/null c 1 3; "
                    + $"cp {string.Join(' ', programs.Select(InGuest.Attack))} {folder}/attacks");
                return new ImageAlias(
                    static f => $"/{f}", $"rm -r {folder}/dev {folder}/attacks; rmdir {other}", program => ["chroot", folder, $"/attacks/{program}"]);
            case "root of a process":
                return new ImageAlias(f => $"/proc/1/root{folder}/{f}", $"rmdir {other}");
            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, "not an alias");
        }
    }

    public void Dispose() => Prepare(_undo);

    private static void Prepare(string line) => InGuest.Prepare($"set -e; {line}");
}
