using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>The database on the disk. Every reader goes through here, so that all refuse the same.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>no file</term><description>nothing is trusted; refused if the owner's key has verified one before.</description></item>
/// <item><term>damaged, or of another version</term><description>refused.</description></item>
/// <item><term>the owner's key is there</term><description>refused unless the signature is right and no newer one was seen.</description></item>
/// <item><term>the owner's key cannot be read</term><description>refused.</description></item>
/// </list>
/// Refused is closed: nothing is trusted.
/// </remarks>
public sealed class TrustDatabaseFile(TrustFileOptions options)
{
    // A hundred thousand entries have about 16 MiB.
    private const long LargestFile = 512 * 1024 * 1024;

    private const UnixFileMode DirectoryMode = AtomicFile.Mode | UnixFileMode.UserExecute;
    private static readonly TimeSpan s_tryLockAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Where it is.</summary>
    public TrustFileOptions Options => options;

    /// <summary>The detached signature: DER, as <c>openssl dgst -sha256 -sign</c> makes it.</summary>
    public string SignaturePath => options.Path + ".sig";

    /// <summary>The newest signed database that was seen here.</summary>
    public string MarkPath => options.Path + ".seen";

    /// <summary>What the last scan saw; saves work and grants nothing.</summary>
    public string StatePath => options.Path + ".state";

    /// <summary>Reads and verifies.</summary>
    /// <param name="newest">What this process has seen itself; counts beside the mark on the disk.</param>
    /// <exception cref="TrustRefusedException">It is not to be believed.</exception>
    public TrustReading Read(TrustMark? newest = null)
    {
        using var owner = OwnerKey.Read(options.OwnerKeyPath);
        var bytes = ReadBytes(options.Path, LargestFile);
        var seen = owner is null ? null : Newest(newest);
        if (bytes is null)
        {
            return seen is null
                ? new TrustReading(TrustDatabase.Empty, Exists: false, owner?.Fingerprint, Mark: null)
                : throw new TrustRefusedException($"{options.Path} is gone; number {seen.Value.Counter} was signed and read before. {Remedy}");
        }

        if (owner is null)
        {
            return new TrustReading(TrustReader.Read(bytes, options.Path), Exists: true, OwnerKey: null, Mark: null);
        }

        VerifySignature(owner, bytes);
        var database = TrustReader.Read(bytes, options.Path);
        var mark = new TrustMark(database.Counter, new TrustDigest(SHA256.HashData(bytes)));
        if (seen is { } last && (mark.Counter < last.Counter || (mark.Counter == last.Counter && mark.Checksum != last.Checksum)))
        {
            throw new TrustRefusedException(
                $"{options.Path} is number {mark.Counter} and rightly signed, but another one with number {last.Counter} was read before: "
                + $"an old database was put back. {Remedy}");
        }

        return new TrustReading(database, Exists: true, owner.Fingerprint, mark);
    }

    /// <summary>Keeps in mind that this database was read, so that no older one is taken after it.</summary>
    /// <exception cref="IOException">The mark could not be written: an older database would be taken by the next process.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Remember(TrustReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        if (reading.Mark is { } mark && TrustMark.Read(MarkPath) is var seen && (seen is null || seen.Value.Counter < mark.Counter))
        {
            AtomicFile.Write(MarkPath, mark.Write(), options.FlushDirectory);
        }
    }

    /// <summary>Begins a change: nobody else can until it is disposed.</summary>
    /// <param name="wait">How long to wait for somebody else's change.</param>
    /// <param name="fresh">Do not read what is there: all its entries are given up. The way out when it is refused.</param>
    /// <exception cref="TrustRefusedException">It is changed by somebody else, or what is there is refused.</exception>
    public TrustChange BeginChange(TimeSpan wait, bool fresh = false)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(options.Path))!;
        var gate = Lock(directory, wait);
        try
        {
            return new TrustChange(this, fresh ? null : Read(), gate);
        }
        catch
        {
            gate.Dispose();
            throw;
        }
    }

    internal ulong NextCounter(TrustReading? reading)
    {
        ulong seen;
        try
        {
            seen = TrustMark.Read(MarkPath)?.Counter ?? 0;
        }
        catch (TrustRefusedException) when (reading is null)
        {
            // A fresh start is the way out of a damaged mark too.
            File.Delete(MarkPath);
            seen = 0;
        }

        return Math.Max(reading?.Database.Counter ?? 0, seen) + 1;
    }

    private static string Remedy => "Nothing is trusted. `gatehouse trust scan --new --key FILE` begins a new database";

    private TrustMark? Newest(TrustMark? own)
    {
        var saved = TrustMark.Read(MarkPath);
        return own is null || (saved is { } s && s.Counter > own.Value.Counter) ? saved : own;
    }

    private void VerifySignature(OwnerKey owner, byte[] bytes)
    {
        const int largest = 1024;
        var signature = ReadBytes(SignaturePath, largest);

        // Between the two renames of a change, or after a crash there, the signature of the new database stands beside its place.
        if (signature is not null && owner.Verifies(bytes, signature))
        {
            return;
        }

        if (ReadBytes(AtomicFile.Beside(SignaturePath), largest) is { } next && owner.Verifies(bytes, next))
        {
            return;
        }

        throw new TrustRefusedException(signature is null
            ? $"{options.Path} is not signed, and {options.OwnerKeyPath} says that it must be. {Remedy}"
            : $"{SignaturePath} is not the owner's signature of {options.Path}. {Remedy}");
    }

    private static byte[]? ReadBytes(string path, long largest)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > largest)
            {
                throw new TrustRefusedException($"{path} is larger than {largest} bytes; nothing is trusted");
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustRefusedException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private FileStream Lock(string directory, TimeSpan wait)
    {
        var path = options.Path + ".lock";
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                Directory.CreateDirectory(directory, DirectoryMode);
                // .NET locks what it opens without sharing by flock(2); a crash ends the lock.
                return new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    UnixCreateMode = AtomicFile.Mode,
                });
            }
            catch (UnauthorizedAccessException e)
            {
                throw new TrustRefusedException($"{path} cannot be written: {e.Message} (try sudo)", e);
            }
            catch (IOException e)
            {
                if (System.Diagnostics.Stopwatch.GetElapsedTime(start) >= wait || e is DirectoryNotFoundException or PathTooLongException)
                {
                    throw new TrustRefusedException(
                        $"{options.Path} cannot be locked: {e.Message} (if another gatehouse command changes it, try again after that)", e);
                }
            }

            Thread.Sleep(s_tryLockAfter);
        }
    }
}
