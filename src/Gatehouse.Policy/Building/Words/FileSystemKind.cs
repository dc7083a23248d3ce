namespace Gatehouse.Policy;

/// <summary>File systems that conditions can name.</summary>
public enum FileSystemKind
{
    /// <summary><c>btrfs</c>.</summary>
    Btrfs = 1,

    /// <summary><c>cgroup2</c>.</summary>
    Cgroup2 = 2,

    /// <summary><c>cifs</c>.</summary>
    Cifs = 3,

    /// <summary><c>erofs</c>.</summary>
    Erofs = 4,

    /// <summary><c>exfat</c>.</summary>
    Exfat = 5,

    /// <summary><c>ext4</c>.</summary>
    Ext4 = 6,

    /// <summary><c>f2fs</c>.</summary>
    F2fs = 7,

    /// <summary><c>fuse</c>.</summary>
    Fuse = 8,

    /// <summary><c>hugetlbfs</c>.</summary>
    Hugetlbfs = 9,

    /// <summary><c>iso9660</c>.</summary>
    Iso9660 = 10,

    /// <summary><c>nfs</c>.</summary>
    Nfs = 11,

    /// <summary><c>overlay</c>.</summary>
    Overlay = 12,

    /// <summary><c>proc</c>.</summary>
    Proc = 13,

    /// <summary><c>ramfs</c>.</summary>
    Ramfs = 14,

    /// <summary><c>squashfs</c>.</summary>
    Squashfs = 15,

    /// <summary><c>tmpfs</c>.</summary>
    Tmpfs = 16,

    /// <summary><c>vfat</c>.</summary>
    Vfat = 17,

    /// <summary><c>xfs</c>.</summary>
    Xfs = 18,

    /// <summary><c>zfs</c>.</summary>
    Zfs = 19,
}
