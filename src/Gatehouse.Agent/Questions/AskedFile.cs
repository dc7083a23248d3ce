using System.Security.Cryptography;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>What clients are told of a file and of who opens it. Read once, for all of them.</summary>
internal sealed class AskedFile
{
    private const int PieceBytes = 128 * 1024;

    private readonly HeldOpen _open;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Task<string?>? _hash;

    /// <exception cref="Gatehouse.Kernel.KernelGateException">The file cannot be looked at.</exception>
    public AskedFile(HeldOpen open, TimeProvider time)
    {
        _open = open;
        _time = time;
        var file = open.Describe();
        File = new QuestionFile
        {
            Path = file.Path,
            Size = file.Size,
            OwnerUid = file.OwnerUid,
            OwnerGid = file.OwnerGid,
            Mode = file.Mode,
            LinkCount = file.LinkCount,
            FileSystemMagic = file.FileSystemMagic,
            DeviceMajor = file.DeviceMajor,
            DeviceMinor = file.DeviceMinor,
            Inode = file.Inode,
        };
        Process = ProcessFile.TryRead(open);
    }

    public bool Execution => _open.Reason == OpenReason.Execute;

    public QuestionFile File { get; }

    public QuestionProcess? Process { get; }

    /// <summary>The SHA-256 in hex, or null if reading takes longer than <paramref name="limit"/>; the first limit counts.</summary>
    public Task<string?> HashAsync(TimeSpan limit)
    {
        lock (_lock)
        {
            return _hash ??= Task.Run(() => Hash(limit));
        }
    }

    private string? Hash(TimeSpan limit)
    {
        var start = _time.GetTimestamp();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[PieceBytes];
        long offset = 0;
        int length;
        while ((length = _open.ReadAt(offset, piece)) > 0)
        {
            hash.AppendData(piece, 0, length);
            offset += length;
            if (_time.GetElapsedTime(start) > limit)
            {
                return null;
            }
        }

        // A read that failed looks like the end: a hash of half a file must not be taken for that of the file.
        return offset == (long)File.Size ? Convert.ToHexStringLower(hash.GetHashAndReset()) : null;
    }
}
