using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Enforcement;

/// <summary>
/// Keeps the texts of the policies in force, so that a restarted agent goes on with the same set.
/// </summary>
/// <remarks>
/// A change is written beside the old file, flushed to the disk and put in its place by one rename: after a power cut there is
/// the old set or the new one. The checksum is against damage, not against an attacker, who would write a fitting one.
/// </remarks>
internal sealed class PolicyStateFile(string directory)
{
    private const int Format = 1;

    public string FilePath { get; } = Path.Combine(directory, "policies.json");

    /// <summary>Reads the saved policies.</summary>
    /// <returns>Null if there is no file.</returns>
    /// <exception cref="PolicyStateException">It is there but cannot be read or is damaged.</exception>
    public IReadOnlyList<PolicyFile>? Read()
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(FilePath);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PolicyStateException($"{FilePath} cannot be read: {e.Message}", e);
        }

        SavedPolicies? saved;
        try
        {
            saved = JsonSerializer.Deserialize(bytes, PolicyStateJson.Default.SavedPolicies);
        }
        catch (JsonException e)
        {
            throw new PolicyStateException($"{FilePath} is damaged: {e.Message}", e);
        }

        if (saved is null || saved.Format != Format)
        {
            throw new PolicyStateException($"{FilePath} has format {saved?.Format ?? 0}; this agent reads format {Format}");
        }

        if (saved.Files.Any(static f => f is null)
            || !string.Equals(saved.Checksum, Checksum(saved.Files), StringComparison.Ordinal))
        {
            throw new PolicyStateException($"{FilePath} is damaged: its checksum does not fit its text");
        }

        return saved.Files;
    }

    /// <summary>Writes and flushes the next state without making it valid.</summary>
    /// <exception cref="PolicyStateException">It could not be written; the state that is valid is untouched.</exception>
    public PreparedState Prepare(IReadOnlyList<PolicyFile> files)
    {
        var next = FilePath + ".new";
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var bytes = JsonSerializer.SerializeToUtf8Bytes(
                new SavedPolicies(Format, Checksum(files), files), PolicyStateJson.Default.SavedPolicies);
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var stream = new FileStream(next, options))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            return new PreparedState(next, FilePath, directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PolicyStateException($"{next} cannot be written: {e.Message}", e);
        }
    }

    private static string Checksum(IReadOnlyList<PolicyFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            foreach (var part in (ReadOnlySpan<string>)[file.Name, file.Text])
            {
                // The length keeps "ab"+"c" apart from "a"+"bc".
                var bytes = Encoding.UTF8.GetBytes(part);
                hash.AppendData(BitConverter.GetBytes(bytes.Length));
                hash.AppendData(bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A next state that is on the disk but not valid yet. Disposing it without <see cref="Commit"/> gives it up.</summary>
internal sealed class PreparedState(string next, string target, string directory) : IDisposable
{
    private bool _committed;

    /// <summary>Makes it the valid state.</summary>
    /// <exception cref="PolicyStateException">The rename failed; the earlier state is still the valid one.</exception>
    public void Commit()
    {
        try
        {
            File.Move(next, target, overwrite: true);
            _committed = true;
            FlushDirectory();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PolicyStateException($"{target} cannot be replaced: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        if (!_committed)
        {
            try
            {
                File.Delete(next);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is not valid and the next change overwrites it.
            }
        }
    }

    // .NET opens no directories, so fsync(2) of the directory is not to be had; flushing a new file in it makes ext4 and XFS
    // write their journal, with the earlier rename in it. Elsewhere a power cut within seconds may bring the old set back.
    private void FlushDirectory()
    {
        var marker = Path.Combine(directory, ".flushed");
        using var stream = new FileStream(marker, FileMode.Create, FileAccess.Write);
        stream.WriteByte((byte)'\n');
        stream.Flush(flushToDisk: true);
    }
}

/// <summary>The saved policies cannot be read or written. What the kernel enforces is not affected.</summary>
internal sealed class PolicyStateException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The file's content.</summary>
internal sealed record SavedPolicies(int Format, string Checksum, IReadOnlyList<PolicyFile> Files);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SavedPolicies))]
internal sealed partial class PolicyStateJson : JsonSerializerContext;
