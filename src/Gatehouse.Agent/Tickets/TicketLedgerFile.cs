using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Trust;

namespace Gatehouse.Agent.Tickets;

/// <summary>Which tickets were used, on the disk.</summary>
/// <remarks>
/// <para>Written beside its place, flushed, put there by one rename, and the directory flushed: when <see cref="Write"/> returns, no crash
/// brings the earlier one back. A second file, made once and never changed, says that there is a ledger: one that is gone is not
/// taken for one that never was.</para>
/// <para>The checksum is against damage. Root who can write here can forget that a ticket was used: while sealed, the shield is what
/// keeps him out; while a ticket has the seal off, nothing does.</para>
/// </remarks>
internal sealed class TicketLedgerFile(string directory, Action<string> flushDirectory)
{
    private const int Format = 1;
    private const long Largest = 16 * 1024 * 1024;
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string FilePath { get; } = Path.Combine(directory, "tickets.json");

    /// <summary>If it is there, there is a ledger.</summary>
    public string ExpectedPath { get; } = Path.Combine(directory, "tickets.expected");

    /// <summary>Reads it.</summary>
    /// <returns>Null if there never was one.</returns>
    /// <exception cref="TicketRefusedException"><see cref="TicketRefusal.LedgerUnusable"/>. Closed: nobody knows which tickets were used.</exception>
    public SavedLedger? Read()
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(FilePath) is { Exists: true, Length: > Largest })
            {
                throw Unusable($"{FilePath} is larger than {Largest} bytes");
            }

            bytes = File.ReadAllBytes(FilePath);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return File.Exists(ExpectedPath)
                ? throw Unusable($"{FilePath} is gone, and {ExpectedPath} says that there was one", e)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable($"{FilePath} cannot be read: {e.Message}", e);
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, TicketLedgerJson.Default.SavedLedger) is { } saved
                ? Check(saved)
                : throw Unusable($"{FilePath} is damaged: it is null");
        }
        catch (JsonException e)
        {
            throw Unusable($"{FilePath} is damaged: {e.Message}", e);
        }
    }

    /// <summary>Writes it. When this returns, it is on the disk.</summary>
    /// <exception cref="TicketRefusedException">
    /// <see cref="TicketRefusal.NotSaved"/>. The earlier one is there still; or, if only the flush of the directory failed, this one may be.
    /// </exception>
    public void Write(DateTimeOffset latest, IReadOnlyList<SavedTicket> used)
    {
        var ledger = new SavedLedger(Format, "", latest, used);
        try
        {
            Directory.CreateDirectory(directory, Mode | UnixFileMode.UserExecute);
            Replace(FilePath, JsonSerializer.SerializeToUtf8Bytes(ledger with { Checksum = Checksum(ledger) }, TicketLedgerJson.Default.SavedLedger));
            if (!File.Exists(ExpectedPath))
            {
                Replace(ExpectedPath, "tickets.json belongs here\n"u8);
            }

            flushDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TicketRefusedException(TicketRefusal.NotSaved, $"{FilePath} cannot be written, so that nobody would know that the ticket was used: {e.Message}", e);
        }
    }

    private static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var next = path + ".new";

        // What a crash left there may have another mode.
        File.Delete(next);
        using (var stream = new FileStream(next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Mode }))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    private static string Checksum(SavedLedger ledger) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(ledger with { Checksum = "" }, TicketLedgerJson.Default.SavedLedger)));

    private SavedLedger Check(SavedLedger saved) =>
        saved.Format != Format ? throw Unusable($"{FilePath} has format {saved.Format}; this agent reads format {Format}")
        : saved.Used.Any(static u => u is null) || !string.Equals(saved.Checksum, Checksum(saved), StringComparison.Ordinal)
            ? throw Unusable($"{FilePath} is damaged: its checksum does not fit")
        : saved;

    private TicketRefusedException Unusable(string problem, Exception? cause = null) => new(
        TicketRefusal.LedgerUnusable,
        $"{problem}; which tickets were used is not known, so none is accepted. To begin anew, forgetting that, remove {FilePath} and {ExpectedPath}",
        cause);
}

/// <summary>The file's content.</summary>
/// <param name="Format">Version of the format.</param>
/// <param name="Checksum">SHA-256 of the content with an empty checksum.</param>
/// <param name="Latest">The latest time that was seen.</param>
/// <param name="Used">The tickets.</param>
internal sealed record SavedLedger(int Format, string Checksum, DateTimeOffset Latest, IReadOnlyList<SavedTicket> Used);

/// <summary>A ticket in the file; times since boot in milliseconds.</summary>
internal sealed record SavedTicket(string Ticket, DateTimeOffset UsedAt, uint Uid, int Pid, string BootId, long EndsAtMilliseconds);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SavedLedger))]
internal sealed partial class TicketLedgerJson : JsonSerializerContext;
