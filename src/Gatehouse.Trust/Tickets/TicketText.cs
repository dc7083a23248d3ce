using System.Globalization;
using System.Text;

namespace Gatehouse.Trust;

/// <summary>How a ticket is written. One ticket has one body, and one body with one signature has one text.</summary>
/// <remarks>
/// The body, which is UTF-8:
/// <code>
/// gatehouse-ticket 1
/// id 3f2a…
/// key 9b1c…
/// host 4c4c… (or any)
/// allow unseal,policy
/// not-before 2026-12-01T09:00:00Z
/// not-after 2026-12-01T11:00:00Z
/// reason replace the disk
/// </code>
/// The signature is ECDSA with SHA-256 over <see cref="Domain"/> and the body: r and s, 32 bytes each, s in the lower half, so that
/// nobody can make a second signature out of one. The text is body and signature in base64, 64 characters a line, between two marks.
/// </remarks>
internal static class TicketText
{
    public const string Begin = "-----BEGIN GATEHOUSE TICKET-----";
    public const string End = "-----END GATEHOUSE TICKET-----";
    public const string Magic = "gatehouse-ticket ";
    public const string AnyHost = "any";
    public const int Version = 1;
    public const int SignatureLength = 64;

    /// <summary>The longest text, in characters: that of the longest body, all of whose reason takes three bytes a unit, is shorter.</summary>
    public const int Longest = 4096;

    private const int LineLength = 64;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// What stands before the body where it is signed and nowhere else. It begins with a zero byte: what the same key signs
    /// otherwise is text (the trust database begins with "gatehouse-trust "), so neither can be taken for the other.
    /// </summary>
    public static ReadOnlySpan<byte> Domain => "\0gatehouse maintenance ticket\0"u8;

    public static byte[] SignedBytes(ReadOnlySpan<byte> body) => [.. Domain, .. body];

    public static byte[] WriteBody(Ticket ticket) => s_strict.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{Magic}{Version}\nid {ticket.Id}\nkey {ticket.Key}\nhost {ticket.Host ?? AnyHost}\nallow {string.Join(',', ticket.Actions.Select(TicketWords.Of))}\n"
        + $"not-before {TicketWords.Of(ticket.NotBefore)}\nnot-after {TicketWords.Of(ticket.NotAfter)}\nreason {ticket.Reason}\n"));

    public static string Armour(ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        var base64 = Convert.ToBase64String([.. body, .. signature]);
        var text = new StringBuilder(base64.Length + 128).Append(Begin).Append('\n');
        for (var at = 0; at < base64.Length; at += LineLength)
        {
            text.Append(base64.AsSpan(at, Math.Min(LineLength, base64.Length - at))).Append('\n');
        }

        return text.Append(End).Append('\n').ToString();
    }

    public static string Decode(ReadOnlySpan<byte> body) => s_strict.GetString(body);
}
