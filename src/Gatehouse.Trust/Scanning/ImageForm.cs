namespace Gatehouse.Trust;

/// <summary>What a file would be loaded as.</summary>
internal enum ImageForm
{
    /// <summary>Nothing that is recorded.</summary>
    None,

    /// <summary>An executable or library, a script that may be executed, or a kernel module as it is.</summary>
    Plain,

    /// <summary>A compressed kernel module.</summary>
    CompressedModule,
}

/// <summary>Tells images from other files by their first bytes, whatever they are called.</summary>
internal static class ImageForms
{
    /// <summary>So many first bytes are looked at.</summary>
    public const int HeadLength = 20;

    private const ushort Relocatable = 1;
    private const ushort Executable = 2;
    private const ushort SharedObject = 3;

    private static readonly string[] s_compressed = [".ko.xz", ".ko.gz", ".ko.zst"];

    public static ImageForm Of(ReadOnlySpan<byte> head, string path, bool mayBeExecuted)
    {
        if (s_compressed.Any(e => path.EndsWith(e, StringComparison.Ordinal)))
        {
            return ImageForm.CompressedModule;
        }

        var isImage = head.StartsWith("#!"u8)
            ? mayBeExecuted
            : head.Length >= HeadLength && head.StartsWith("\u007fELF"u8) && TypeOf(head) switch
            {
                Executable or SharedObject => true,
                Relocatable => path.EndsWith(".ko", StringComparison.Ordinal),
                _ => false,
            };
        return isImage ? ImageForm.Plain : ImageForm.None;
    }

    // e_type at 16, in the byte order that the sixth byte names.
    private static ushort TypeOf(ReadOnlySpan<byte> head) => head[5] == 2
        ? System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(head[16..])
        : System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(head[16..]);
}
