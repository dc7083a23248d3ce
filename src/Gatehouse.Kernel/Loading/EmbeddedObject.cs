using System.Security.Cryptography;

namespace Gatehouse.Kernel.Loading;

/// <summary>The kernel object that was built with this assembly.</summary>
internal static class EmbeddedObject
{
    private static readonly Lazy<byte[]> s_bytes = new(Read);

    public static ReadOnlySpan<byte> Bytes => s_bytes.Value;

    /// <summary>Lower-case hex SHA-256: what tells whether pinned programs are ours.</summary>
    public static string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(s_bytes.Value));

    private static byte[] Read()
    {
        using var stream = typeof(EmbeddedObject).Assembly.GetManifestResourceStream("gatehouse.bpf.o")
            ?? throw new InvalidOperationException("this build has no kernel object in it");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
