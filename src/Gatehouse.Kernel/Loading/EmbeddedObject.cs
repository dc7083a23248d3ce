using System.Security.Cryptography;
using Gatehouse.Interop.Handles;

namespace Gatehouse.Kernel.Loading;

/// <summary>A kernel object that was built with this assembly.</summary>
internal sealed class EmbeddedObject(string name)
{
    private const string Extension = ".bpf.o";

    private readonly Lazy<byte[]> _bytes = new(() => Read(name + Extension));

    /// <summary>Decides by policies.</summary>
    public static EmbeddedObject Gate { get; } = new("gatehouse");

    /// <summary>Keeps the rest alive.</summary>
    public static EmbeddedObject Shield { get; } = new("shield");

    public ReadOnlySpan<byte> Bytes => _bytes.Value;

    /// <summary>Lower-case hex SHA-256: what tells whether pinned programs are ours.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_bytes.Value));

    public BpfObject Open() => BpfObject.Open(Bytes, name);

    private static byte[] Read(string resource)
    {
        using var stream = typeof(EmbeddedObject).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"this build has no {resource} in it");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
