using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Trust;

/// <summary>Writes a database as text: the same database is the same bytes.</summary>
/// <remarks>
/// <code>
/// gatehouse-trust 1
/// counter 42
/// entries 1
/// content package 2cf2… 147176 coreutils=9.1-1 /usr/bin/ls
/// end 9f86…
/// </code>
/// An entry is kind, source, digest, size or "-", origin, and the path to the end of the line. The last line has the SHA-256 of
/// all before it: against damage, not against an attacker, who would write a fitting one; that is what the signature is for.
/// </remarks>
internal static class TrustWriter
{
    public const string Magic = "gatehouse-trust ";
    public const int Version = 1;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Write(TrustDatabase database)
    {
        var text = new StringBuilder(64 + (database.Entries.Length * 160));
        text.Append(CultureInfo.InvariantCulture, $"{Magic}{Version}\ncounter {database.Counter}\nentries {database.Entries.Length}\n");
        foreach (var entry in database.Entries)
        {
            Write(text, entry);
        }

        var body = s_strict.GetBytes(text.ToString());
        return [.. body, .. s_strict.GetBytes($"end {Convert.ToHexStringLower(SHA256.HashData(body))}\n")];
    }

    private static void Write(StringBuilder text, TrustEntry entry)
    {
        text.Append(TrustWords.Of(entry.Kind)).Append(' ')
            .Append(TrustWords.Of(entry.Source)).Append(' ')
            .Append(entry.Digest.ToString()).Append(' ');
        _ = entry.Size is { } size ? text.Append(CultureInfo.InvariantCulture, $"{size}") : text.Append('-');
        text.Append(' ').Append(entry.Origin).Append(' ').Append(PathText.Escape(entry.Path)).Append('\n');
    }
}
