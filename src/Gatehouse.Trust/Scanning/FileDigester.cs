using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Trust;

/// <summary>Reads files, each inode once, whatever is asked of it. Thread-safe.</summary>
internal sealed class FileDigester(LookAtFile look, ModuleUnpacker unpacker)
{
    public const int BufferLength = 128 * 1024;

    private readonly ConcurrentDictionary<(ulong Device, ulong Inode, HashAlgorithmName Algorithm, DigestNeed Need), Lazy<FileDigests>> _known = new();
    private long _bytes;

    /// <summary>Bytes that were hashed.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <param name="path">With which this process opens the file.</param>
    /// <param name="facts">What stands there.</param>
    /// <param name="algorithm">Of the package database; default: none.</param>
    /// <param name="need">What of.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public FileDigests Digest(string path, FileFacts facts, HashAlgorithmName algorithm, DigestNeed need, CancellationToken cancellationToken)
    {
        var key = (facts.Device, facts.Inode, algorithm, need);
        var digests = _known.GetOrAdd(key, _ => new Lazy<FileDigests>(() => Read(path, facts, algorithm, need, cancellationToken)));
        return digests.Value;
    }

    private FileDigests Read(string path, FileFacts facts, HashAlgorithmName algorithm, DigestNeed need, CancellationToken cancellationToken)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var digests = Read(file, path, facts, algorithm, need, cancellationToken);
            return digests.Form == ImageForm.None || look(path) == facts
                ? digests
                : new FileDigests { Problem = "it changed while it was read" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileDigests { Problem = "it cannot be read: " + e.Message };
        }
    }

    private FileDigests Read(
        SafeFileHandle file, string path, FileFacts facts, HashAlgorithmName algorithm, DigestNeed need, CancellationToken cancellationToken)
    {
        Span<byte> head = stackalloc byte[ImageForms.HeadLength];
        var form = ImageForms.Of(head[..RandomAccess.Read(file, head, 0)], path, facts.IsExecutable);
        if (form == ImageForm.None && need == DigestNeed.Images)
        {
            return new FileDigests();
        }

        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var reference = algorithm.Name is null ? null : IncrementalHash.CreateHash(algorithm);
        using var verity = need == DigestNeed.AnythingWithFsVerity ? new FsVerityDigest() : null;
        using var whole = form == ImageForm.CompressedModule ? new MemoryStream() : null;
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            long size = 0;
            int length;
            while ((length = RandomAccess.Read(file, buffer.AsSpan(0, BufferLength), size)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var bytes = buffer.AsSpan(0, length);
                content.AppendData(bytes);
                reference?.AppendData(bytes);
                verity?.Append(bytes);
                whole?.Write(bytes);
                size += length;
            }

            Interlocked.Add(ref _bytes, size);
            var (unpacked, unpackedSize, problem) = whole is null ? (default, 0, null) : unpacker.Unpack(whole.ToArray(), path, cancellationToken);
            return new FileDigests
            {
                Form = form == ImageForm.None ? ImageForm.Plain : form,
                Content = new TrustDigest(content.GetHashAndReset()),
                Size = size,
                Reference = reference is null ? null : Convert.ToHexStringLower(reference.GetHashAndReset()),
                FsVerity = verity?.Finish(),
                Unpacked = whole is null || problem is not null ? null : unpacked,
                UnpackedSize = unpackedSize,
                UnpackProblem = problem,
            };
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>Which files are hashed, and how.</summary>
internal enum DigestNeed
{
    /// <summary>Only those that could be loaded.</summary>
    Images,

    /// <summary>Whatever it is.</summary>
    Anything,

    /// <summary>Whatever it is, by fs-verity too.</summary>
    AnythingWithFsVerity,
}
