namespace Gatehouse.KernelTests.Guest;

/// <summary>Modules of the running kernel's own package.</summary>
internal static class GuestModule
{
    /// <summary>The file of the package; compressed where Debian does that.</summary>
    public static string Packaged(string name) => InGuest.Prepare($"modinfo --filename {name}").Trim();

    public static bool IsCompressed(string path) => path.EndsWith(".xz", StringComparison.Ordinal);

    public static string Uncompressed(string name, string folder)
    {
        var (from, to) = (Packaged(name), Path.Combine(folder, name + ".ko"));
        InGuest.Prepare(IsCompressed(from) ? $"xz --decompress --stdout {from} > {to}" : $"cp {from} {to}");
        return to;
    }

    /// <summary>As the kernel can uncompress it: it knows no check but CRC-32.</summary>
    public static string Compressed(string name, string folder)
    {
        var plain = Uncompressed(name, folder);
        InGuest.Prepare($"xz --keep --check=crc32 --lzma2=dict=1MiB {plain}");
        return plain + ".xz";
    }
}
