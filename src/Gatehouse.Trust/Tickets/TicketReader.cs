using System.Text;

namespace Gatehouse.Trust;

/// <summary>Reads what <see cref="TicketSigner"/> writes, and refuses everything that it would not have written.</summary>
/// <remarks>
/// It knows neither time nor host: whether a ticket is valid now and here is for its caller to say, and whether it was used before.
/// </remarks>
public static class TicketReader
{
    /// <summary>The first line of a ticket.</summary>
    public const string FirstLine = TicketText.Begin;

    /// <summary>The last line of a ticket.</summary>
    public const string LastLine = TicketText.End;

    /// <summary>Reads a ticket that the owner's key has signed.</summary>
    /// <param name="text">All of it, with the last line end.</param>
    /// <param name="owner">The owner's public key.</param>
    /// <exception cref="TicketRefusedException">
    /// <see cref="TicketRefusal.Malformed"/>, <see cref="TicketRefusal.Version"/>, <see cref="TicketRefusal.OtherKey"/> or
    /// <see cref="TicketRefusal.WrongSignature"/>.
    /// </exception>
    public static Ticket Read(string text, OwnerKey owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var (ticket, body, signature) = Take(text);
        if (ticket.Key != owner.Fingerprint)
        {
            throw new TicketRefusedException(
                TicketRefusal.OtherKey, $"the ticket is signed by the key {ticket.Key}, and the owner's is {owner.Fingerprint}");
        }

        return TicketSigner.IsLow(signature) && owner.VerifiesFixed(TicketText.SignedBytes(body), signature)
            ? ticket
            : throw new TicketRefusedException(
                TicketRefusal.WrongSignature, "the ticket is not what the owner's key has signed: it was changed, or somebody else has made it");
    }

    /// <summary>Reads what a ticket claims, to show it. Nothing says that it is true.</summary>
    /// <param name="text">All of it, with the last line end.</param>
    /// <exception cref="TicketRefusedException"><see cref="TicketRefusal.Malformed"/> or <see cref="TicketRefusal.Version"/>.</exception>
    public static Ticket ReadUnverified(string text) => Take(text).Ticket;

    private static (Ticket Ticket, byte[] Body, byte[] Signature) Take(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = Unwrap(text);
        var body = bytes[..^TicketText.SignatureLength];
        var signature = bytes[^TicketText.SignatureLength..];
        var ticket = Parse(body);
        if (ticket.FindProblem() is { } problem)
        {
            throw Malformed(problem);
        }

        // The one encoding, whatever the parts above would let pass: leading zeros, another order, other white space.
        return TicketText.WriteBody(ticket).AsSpan().SequenceEqual(body)
            ? (ticket, body, signature)
            : throw Malformed("its fields are not written as they must be");
    }

    private static byte[] Unwrap(string text)
    {
        if (text.Length > TicketText.Longest)
        {
            throw Malformed($"it is longer than {TicketText.Longest} characters");
        }

        const string head = TicketText.Begin + "\n";
        const string tail = "\n" + TicketText.End + "\n";
        if (text.Length < head.Length + tail.Length || !text.StartsWith(head, StringComparison.Ordinal) || !text.EndsWith(tail, StringComparison.Ordinal))
        {
            throw Malformed($"it goes from \"{TicketText.Begin}\" to \"{TicketText.End}\", with nothing before and a line end behind");
        }

        var inner = text.AsSpan(head.Length..^tail.Length);
        var bytes = new byte[inner.Length];
        if (!Convert.TryFromBase64Chars(inner, bytes, out var length) || length <= TicketText.SignatureLength)
        {
            throw Malformed("between its marks is no base64 of a ticket");
        }

        Array.Resize(ref bytes, length);
        return string.Equals(
            TicketText.Armour(bytes.AsSpan(..^TicketText.SignatureLength), bytes.AsSpan(^TicketText.SignatureLength..)), text, StringComparison.Ordinal)
            ? bytes
            : throw Malformed("its base64 is not written as it must be, 64 characters a line");
    }

    private static Ticket Parse(byte[] body)
    {
        string text;
        try
        {
            text = TicketText.Decode(body);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("it is no UTF-8");
        }

        var lines = text.Split('\n');
        if (!lines[0].StartsWith(TicketText.Magic, StringComparison.Ordinal))
        {
            throw Malformed($"it does not begin with \"{TicketText.Magic}{TicketText.Version}\"");
        }

        if (lines[0].AsSpan(TicketText.Magic.Length) is not "1")
        {
            throw new TicketRefusedException(
                TicketRefusal.Version, $"the ticket is of version {Short(lines[0][TicketText.Magic.Length..])}; this program reads version {TicketText.Version}");
        }

        // The last one is what is behind the last line end: nothing.
        const int count = 9;
        if (lines.Length != count || lines[^1].Length != 0)
        {
            throw Malformed("it has not the lines that it must have");
        }

        return new Ticket
        {
            Id = TicketId.TryParse(Field(lines[1], "id "), out var id) ? id : throw Malformed("id: 32 lower-case hexadecimal digits were expected"),
            Key = TrustDigest.TryParse(Field(lines[2], "key "), out var key) ? key : throw Malformed("key: 64 lower-case hexadecimal digits were expected"),
            Host = Field(lines[3], "host ") is var host && string.Equals(host, TicketText.AnyHost, StringComparison.Ordinal) ? null : host,
            Actions = [.. Field(lines[4], "allow ").Split(',').Select(Action)],
            NotBefore = Time(lines[5], "not-before "),
            NotAfter = Time(lines[6], "not-after "),
            Reason = Field(lines[7], "reason "),
        };
    }

    private static TicketAction Action(string word) =>
        TicketWords.Find(word) ?? throw Malformed($"allow: there is no action \"{Short(word)}\"");

    private static DateTimeOffset Time(string line, string name) =>
        TicketWords.TryTime(Field(line, name), out var time) ? time : throw Malformed($"{name.Trim()}: a time like 2026-12-01T09:00:00Z was expected");

    private static string Field(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) ? line[name.Length..] : throw Malformed($"\"{name.Trim()}\" was expected where \"{Short(line)}\" is");

    // What a stranger wrote is quoted, not repeated at length.
    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private static TicketRefusedException Malformed(string problem) => new(TicketRefusal.Malformed, "this is no ticket, or a damaged one: " + problem);
}
