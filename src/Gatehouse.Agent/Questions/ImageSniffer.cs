using Gatehouse.Kernel.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>Whether a file could be loaded as an image, by its first bytes.</summary>
internal static class ImageSniffer
{
    private const int LongestMagic = 6;

    public static bool IsImage(HeldOpen open)
    {
        Span<byte> start = stackalloc byte[LongestMagic];
        ReadOnlySpan<byte> read = start[..open.ReadAt(0, start)];
        return read.StartsWith("\u007fELF"u8)
            || read.StartsWith("#!"u8)
            || (IsCompressed(read) && Path.GetFileName(open.ReadPath()).Contains(".ko", StringComparison.Ordinal));
    }

    // xz, gzip and zstd: how distributions pack kernel modules.
    private static bool IsCompressed(ReadOnlySpan<byte> read) =>
        read.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])
        || read.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])
        || read.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]);
}
