using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>File systems by their magic numbers (linux/magic.h; the kernel's own headers for xfs and exfat).</summary>
internal static class FileSystems
{
    public static ImmutableArray<(string Word, ulong Value)> Words { get; } =
    [
        ("btrfs", 0x9123683e), ("cgroup2", 0x63677270), ("cifs", 0xff534d42), ("erofs", 0xe0f5e1e2), ("exfat", 0x2011bab0),
        ("ext4", 0xef53), ("f2fs", 0xf2f52010), ("fuse", 0x65735546), ("hugetlbfs", 0x958458f6), ("iso9660", 0x9660),
        ("nfs", 0x6969), ("overlay", 0x794c7630), ("proc", 0x9fa0), ("ramfs", 0x858458f6), ("squashfs", 0x73717368),
        ("tmpfs", 0x01021994), ("vfat", 0x4d44), ("xfs", 0x58465342), ("zfs", 0x2fc12fc1),
    ];
}
