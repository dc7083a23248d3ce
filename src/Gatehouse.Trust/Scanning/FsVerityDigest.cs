using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>Computes the digest that fs-verity gives a file with its usual parameters: SHA-256, blocks of 4,096 bytes, no salt.</summary>
/// <remarks>Documentation/filesystems/fsverity.rst: SHA-256 of a descriptor that has the root of a tree of hashes in it.</remarks>
internal sealed class FsVerityDigest : IDisposable
{
    private const int Block = 4096;
    private const int DescriptorLength = 256;

    private readonly List<Level> _levels = [];
    private readonly byte[] _data = new byte[Block];
    private int _filled;
    private long _size;

    /// <summary>Takes the next bytes of the file.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        _size += bytes.Length;
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, Block - _filled);
            bytes[..length].CopyTo(_data.AsSpan(_filled));
            _filled += length;
            bytes = bytes[length..];
            if (_filled == Block)
            {
                Add(0, SHA256.HashData(_data));
                _filled = 0;
            }
        }
    }

    /// <summary>The digest of all that was taken.</summary>
    public TrustDigest Finish()
    {
        if (_filled > 0)
        {
            _data.AsSpan(_filled).Clear();
            Add(0, SHA256.HashData(_data));
        }

        Span<byte> descriptor = stackalloc byte[DescriptorLength];
        descriptor.Clear();
        descriptor[0] = 1; // version of the descriptor
        descriptor[1] = 1; // SHA-256
        descriptor[2] = 12; // 2^12 bytes a block
        BinaryPrimitives.WriteInt64LittleEndian(descriptor[8..], _size);
        Root().CopyTo(descriptor[16..]);
        return new TrustDigest(SHA256.HashData(descriptor));
    }

    /// <inheritdoc />
    public void Dispose() => _levels.Clear();

    private void Add(int level, byte[] hash)
    {
        if (_levels.Count == level)
        {
            _levels.Add(new Level());
        }

        var at = _levels[level];
        if (at.Count * TrustDigest.Length == Block)
        {
            Add(level + 1, SHA256.HashData(at.Hashes));
            at.Hashes.AsSpan().Clear();
            at.Count = 0;
        }

        hash.CopyTo(at.Hashes.AsSpan(at.Count++ * TrustDigest.Length));
        at.Total++;
    }

    // An empty file has a root of zeros; one of a single block the hash of that block.
    private byte[] Root()
    {
        for (var level = 0; level < _levels.Count; level++)
        {
            var at = _levels[level];
            if (at.Total == 1)
            {
                return at.Hashes[..TrustDigest.Length];
            }

            Add(level + 1, SHA256.HashData(at.Hashes));
        }

        return new byte[TrustDigest.Length];
    }

    private sealed class Level
    {
        public byte[] Hashes { get; } = new byte[Block];

        public int Count { get; set; }

        public long Total { get; set; }
    }
}
