using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Gatehouse.Trust;

/// <summary>Finds the digest of the module in a compressed file.</summary>
/// <param name="directories">Where <c>xz</c> and <c>zstd</c> are looked for; not PATH, which the caller of sudo may have set.</param>
public sealed class ModuleUnpacker(IReadOnlyList<string> directories)
{
    // The largest module of a distribution's kernel has some 20 MiB; what unpacks to more than this is no module.
    private const long LargestModule = 512 * 1024 * 1024;

    /// <summary>With the system's commands.</summary>
    public ModuleUnpacker()
        : this(["/usr/bin", "/bin", "/usr/local/bin"])
    {
    }

    /// <summary>Unpacks.</summary>
    /// <param name="content">The compressed file.</param>
    /// <param name="path">Its name, which says how it is compressed, as it does for modprobe.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    /// <returns>Digest and size, or why there is none.</returns>
    public (TrustDigest Digest, long Size, string? Problem) Unpack(byte[] content, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            if (path.EndsWith(".gz", StringComparison.Ordinal))
            {
                using var stream = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
                return NotEmpty(Digest(stream, cancellationToken));
            }

            return path.EndsWith(".xz", StringComparison.Ordinal)
                ? Run("xz", ["--decompress", "--stdout"], content, cancellationToken)
                : Run("zstd", ["--decompress", "--stdout", "--quiet"], content, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return (default, 0, "it cannot be unpacked: " + e.Message);
        }
    }

    private (TrustDigest Digest, long Size, string? Problem) Run(
        string command, string[] arguments, byte[] content, CancellationToken cancellationToken)
    {
        if (directories.Select(d => Path.Combine(d, command)).FirstOrDefault(File.Exists) is not { } program)
        {
            return (default, 0, $"the command {command} is missing (looked in {string.Join(", ", directories)})");
        }

        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // XZ_OPT and the like would change what the commands do.
        start.Environment.Clear();
        using var process = Process.Start(start) ?? throw new IOException($"{program} cannot be started");
        try
        {
            var feeding = Task.Run(() => Feed(process, content), CancellationToken.None);
            var complaint = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var result = Digest(process.StandardOutput.BaseStream, cancellationToken);
            if (result.Problem is not null)
            {
                process.Kill();
                return result;
            }

            feeding.Wait(cancellationToken);
            process.WaitForExit();
            return process.ExitCode == 0
                ? NotEmpty(result)
                : (default, 0, $"it cannot be unpacked: {command} says {complaint.GetAwaiter().GetResult().Trim().ReplaceLineEndings("; ")}");
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    // Every empty file has the digest of nothing.
    private static (TrustDigest Digest, long Size, string? Problem) NotEmpty((TrustDigest Digest, long Size, string? Problem) result) =>
        result is { Size: 0, Problem: null } ? (default, 0, "it unpacks to nothing") : result;

    private static void Feed(Process process, byte[] content)
    {
        try
        {
            using var input = process.StandardInput.BaseStream;
            input.Write(content);
        }
        catch (IOException)
        {
            // It has ended before it has read everything; its exit status says why.
        }
    }

    private static (TrustDigest Digest, long Size, string? Problem) Digest(Stream stream, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[FileDigester.BufferLength];
        long size = 0;
        int length;
        while ((length = stream.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            size += length;
            if (size > LargestModule)
            {
                return (default, 0, $"it unpacks to more than {LargestModule} bytes");
            }

            hash.AppendData(buffer, 0, length);
        }

        return (new TrustDigest(hash.GetHashAndReset()), size, null);
    }
}
