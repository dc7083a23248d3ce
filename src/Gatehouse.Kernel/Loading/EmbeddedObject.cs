using System.Security.Cryptography;

namespace Gatehouse.Kernel.Loading;

/// <summary>A kernel object that was built with this assembly.</summary>
internal sealed class EmbeddedObject(string name)
{
    private readonly Lazy<byte[]> _bytes = new(() => Read(name));

    /// <summary>Decides by policies.</summary>
    public static EmbeddedObject Gate { get; } = new("gatehouse.bpf.o");

    /// <summary>Keeps the rest alive.</summary>
    public static EmbeddedObject Shield { get; } = new("shield.bpf.o");

    public ReadOnlySpan<byte> Bytes => _bytes.Value;

    /// <summary>Lower-case hex SHA-256: what tells whether pinned programs are ours.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_bytes.Value));

    private static byte[] Read(string name)
    {
        using var stream = typeof(EmbeddedObject).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"this build has no {name} in it");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
