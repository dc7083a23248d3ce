namespace Gatehouse.Trust;

/// <summary>What a recorded digest is made of.</summary>
public enum DigestKind
{
    /// <summary>SHA-256 of the file.</summary>
    Content,

    /// <summary>SHA-256 of the kernel module in a compressed file: modprobe hands these bytes to the kernel, not the file's.</summary>
    Unpacked,

    /// <summary>The digest that fs-verity gives the file (SHA-256, blocks of 4,096 bytes, no salt unless a list says so).</summary>
    FsVerity,
}
