namespace Gatehouse.KernelTests.Guest;

/// <summary>A fresh folder on a file system of a kind. Disposing removes it.</summary>
internal sealed class Volume : IDisposable
{
    private readonly string _undo;

    private Volume(string path, string undo)
    {
        Folder = path;
        _undo = undo;
    }

    /// <summary>The kinds on which identity works differently.</summary>
    public static TheoryData<string> Kinds => ["tmpfs", "ext4", "overlay"];

    public string Folder { get; }

    public static Volume Create(string kind)
    {
        var work = Directory.CreateTempSubdirectory("gatehouse-volume-").FullName;
        switch (kind)
        {
            case "tmpfs":
                return new Volume(work, $"rm -rf {work}");
            case "ext4" or "ext4-verity":
                InGuest.Prepare($"""
                    set -e
                    modprobe ext4; modprobe loop
                    truncate -s 64M {work}/image
                    mkfs.ext4 -q {(kind is "ext4" ? "" : "-O verity -b 4096")} {work}/image
                    mkdir {work}/mount
                    mount -o loop {work}/image {work}/mount
                    """);
                return new Volume($"{work}/mount", $"umount -l {work}/mount; rm -rf {work}");
            case "overlay":
                InGuest.Prepare($"""
                    set -e
                    mkdir {work}/lower {work}/upper {work}/work {work}/mount
                    mount -t overlay overlay -o lowerdir={work}/lower,upperdir={work}/upper,workdir={work}/work {work}/mount
                    """);
                return new Volume($"{work}/mount", $"umount -l {work}/mount; rm -rf {work}");
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "tmpfs, ext4, ext4-verity or overlay");
        }
    }

    /// <summary>Copies a file into the folder, executable.</summary>
    public string Add(string source, string name)
    {
        var target = Path.Combine(Folder, name);
        File.Copy(source, target, overwrite: true);
        File.SetUnixFileMode(target, (UnixFileMode)0b111_101_101);
        return target;
    }

    public static string Sha256Of(string path) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));

    public void Dispose() => InGuest.Shell(_undo);
}
