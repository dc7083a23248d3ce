using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Gatehouse.Trust;

/// <summary>The newest signed database that a reader has seen, so that an older one, validly signed too, is refused.</summary>
/// <param name="Counter">Its counter.</param>
/// <param name="Checksum">SHA-256 of the file: two databases with one counter are not the same.</param>
/// <remarks>
/// What this gives: an old database that is put back alone (a backup, a copy, a command gone wrong) is refused, and while the
/// agent runs every old one is. What it does not give: whoever can write the database can write the mark beside it too, and
/// after a restart of the agent nothing else remembers. That needs a counter which root cannot turn back, such as a TPM's.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TrustMark(ulong Counter, TrustDigest Checksum)
{
    private const string Magic = "gatehouse-trust-seen 1\n";

    /// <summary>Reads a mark; null if there is none.</summary>
    /// <exception cref="TrustRefusedException">It is there and cannot be read. Closed: nobody knows what was seen.</exception>
    internal static TrustMark? Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustRefusedException($"{path} cannot be read: {e.Message}", e);
        }

        var words = text.StartsWith(Magic, StringComparison.Ordinal) ? text[Magic.Length..].TrimEnd('\n').Split(' ') : [];
        return words.Length == 2 && ulong.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var counter)
            && TrustDigest.TryParse(words[1], out var checksum)
            ? new TrustMark(counter, checksum)
            : throw new TrustRefusedException(
                $"{path} is damaged: it says which database was the newest; if you know that the present one is, delete {path}");
    }

    internal byte[] Write() => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Magic}{Counter} {Checksum}\n"));
}
