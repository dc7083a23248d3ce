namespace Gatehouse.KernelTests.Guest;

/// <summary>Another way to reach a file; disposing removes it.</summary>
internal sealed class ImageAlias : IDisposable
{
    private readonly string _undo;
    private readonly string[] _around;

    private ImageAlias(string path, string undo, params string[] around)
    {
        Path = path;
        _undo = undo;
        _around = around;
    }

    public static IReadOnlyList<string> Names { get; } =
    [
        "hard link", "rename", "symbolic link", "bind mount of the file", "bind mount of the folder", "mount namespace",
        "chroot",
        "root of a process",
    ];

    private string Path { get; }

    /// <summary>Tries ways of a program by this name of the file.</summary>
    public ImageWays Try(string program, params string[] ways) =>
        ImageWays.Try(
            _around.Length > 0
                ? [.. _around, Path, .. ways]
                : [InGuest.Attack(program), Path, .. ways]);

    public static ImageAlias Create(string name, string file, string program)
    {
        var folder = System.IO.Path.GetDirectoryName(file)!;
        var own = System.IO.Path.GetFileName(file);
        var other = Directory.CreateTempSubdirectory("gatehouse-alias-").FullName;
        switch (name)
        {
            case "hard link":
                InGuest.Prepare($"ln {file} {folder}/other-name");
                return new ImageAlias($"{folder}/other-name", $"rm {folder}/other-name; rmdir {other}");
            case "rename":
                InGuest.Prepare($"mv {file} {folder}/new-name");
                return new ImageAlias($"{folder}/new-name", $"mv {folder}/new-name {file}; rmdir {other}");
            case "symbolic link":
                InGuest.Prepare($"ln -s {file} {other}/link");
                return new ImageAlias($"{other}/link", $"rm -r {other}");
            case "bind mount of the file":
                InGuest.Prepare($"touch {other}/bound; mount --bind {file} {other}/bound");
                return new ImageAlias($"{other}/bound", $"umount {other}/bound; rm -r {other}");
            case "bind mount of the folder":
                InGuest.Prepare($"mount --bind {folder} {other}");
                return new ImageAlias($"{other}/{own}", $"umount {other}; rmdir {other}");
            case "mount namespace":
                return new ImageAlias(
                    $"{other}/{own}",
                    $"rmdir {other}",
                    "unshare", "--mount", "sh", "-c", $"mount --bind {folder} {other} && exec \"$@\"", "sh", InGuest.Attack(program));
            case "chroot":
                InGuest.Prepare($"mkdir {folder}/dev; mknod -m 666 {folder}/dev/null c 1 3; cp {InGuest.Attack(program)} {folder}/attacker");
                return new ImageAlias($"/{own}", $"rm -r {folder}/dev {folder}/attacker; rmdir {other}", "chroot", folder, "/attacker");
            case "root of a process":
                return new ImageAlias($"/proc/1/root{file}", $"rmdir {other}");
            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, "not an alias");
        }
    }

    public void Dispose() => InGuest.Prepare(_undo);
}
