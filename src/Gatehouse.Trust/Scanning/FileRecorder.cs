using System.Text;

namespace Gatehouse.Trust;

/// <summary>Makes entries of files that the owner names.</summary>
public sealed class FileRecorder(LookAtFile look, ModuleUnpacker unpacker)
{
    private const int LargestList = 64 * 1024 * 1024;

    private readonly FileDigester _digester = new(look, unpacker);

    /// <summary>Records a file, whatever it is.</summary>
    /// <param name="path">The file; a symbolic link is followed and the file that it leads to recorded.</param>
    /// <param name="signature">Verified over it; null: recorded as baseline.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TrustRefusedException">It cannot be read, or the signature is wrong.</exception>
    public IReadOnlyList<TrustEntry> Record(string path, DetachedSignature? signature, CancellationToken cancellationToken)
    {
        var (full, digests) = Read(path, cancellationToken);
        signature?.Verify(digests.Content, path);
        if (digests.UnpackProblem is { } unpacked)
        {
            throw new TrustRefusedException($"{path}: {unpacked}; nothing was recorded");
        }

        var origin = OriginOf(signature);
        var entry = new TrustEntry(full, DigestKind.Content, digests.Content, digests.Size, origin);
        return digests.Unpacked is { } module
            ? [entry, new TrustEntry(full, DigestKind.Unpacked, module, digests.UnpackedSize, origin)]
            : [entry];
    }

    /// <summary>Records a list of fs-verity digests, in lines as <c>fsverity digest</c> prints them.</summary>
    /// <exception cref="TrustRefusedException">It cannot be read, a line is something else, or the signature of the list is wrong.</exception>
    public static IReadOnlyList<TrustEntry> RecordList(string path, DetachedSignature? signature)
    {
        byte[] bytes;
        try
        {
            bytes = new FileInfo(path).Length <= LargestList ? File.ReadAllBytes(path) : throw new IOException($"{path} is larger than {LargestList} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustRefusedException($"{path} cannot be read: {e.Message}", e);
        }

        signature?.Verify(new TrustDigest(System.Security.Cryptography.SHA256.HashData(bytes)), path);
        var origin = OriginOf(signature);
        var entries = new List<TrustEntry>();
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes).Split('\n'))
        {
            number++;
            if (line.Length > 0)
            {
                entries.Add(Parse(line, path, number, origin));
            }
        }

        return entries.Count > 0 ? entries : throw new TrustRefusedException($"{path} has no digest in it");
    }

    private static TrustEntry Parse(string line, string file, int number, TrustOrigin origin)
    {
        const string algorithm = "sha256:";
        const int start = 7;
        if (!line.StartsWith(algorithm, StringComparison.Ordinal))
        {
            throw new TrustFormatException(file, number, 1, "\"sha256:\" was expected, as `fsverity digest` prints it; other algorithms are not recorded");
        }

        var end = start + (2 * TrustDigest.Length);
        if (line.Length < end + 2 || line[end] != ' ' || !TrustDigest.TryParse(line.AsSpan(start, end - start), out var digest))
        {
            throw new TrustFormatException(file, number, start + 1, "64 lower-case hexadecimal digits, a blank and a path were expected");
        }

        return new TrustEntry(Path.GetFullPath(line[(end + 1)..]), DigestKind.FsVerity, digest, null, origin);
    }

    private static TrustOrigin OriginOf(DetachedSignature? signature) =>
        signature is null ? TrustOrigin.Baseline : TrustOrigin.OfSigner(signature.Fingerprint);

    private (string Path, FileDigests Digests) Read(string path, CancellationToken cancellationToken)
    {
        try
        {
            var full = Path.GetFullPath(path);
            full = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
            var facts = look(full) ?? throw new TrustRefusedException($"there is no file {path}");
            if (!facts.IsRegular)
            {
                throw new TrustRefusedException($"{path} is no regular file");
            }

            var digests = _digester.Digest(full, facts, default, DigestNeed.Anything, cancellationToken);
            return digests.Problem is null ? (full, digests) : throw new TrustRefusedException($"{path}: {digests.Problem}; nothing was recorded");
        }
        catch (IOException e)
        {
            throw new TrustRefusedException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
