namespace Gatehouse.Policy;

/// <summary>Checks a SHA-256: 64 hexadecimal digits in either case.</summary>
internal static class HashValueCheck
{
    private const int Digits = 64;
    private const string Prefix = "sha256:";

    public static string? Check(string text, ReportValue report)
    {
        if (text.Length == Digits && text.All(char.IsAsciiHexDigit))
        {
            return text.ToLowerInvariant();
        }

        var wrong = text.Select((c, i) => (Character: c, Index: i)).FirstOrDefault(x => !char.IsAsciiHexDigit(x.Character));
        var message = text.Length != Digits
            ? $"A SHA-256 has {Digits} hexadecimal digits, this one has {text.Length} characters."
            : $"A SHA-256 has hexadecimal digits only; character {wrong.Index + 1} is `{Excerpt.Of(wrong.Character.ToString())}`.";
        report(DiagnosticCatalog.InvalidHash, message, Suggestion(text));
        return null;
    }

    private static string Suggestion(string text) => text.Length switch
    {
        Digits + 7 when text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) => "leave out the prefix sha256:",
        40 => "this looks like a SHA-1; write what `sha256sum FILE` prints",
        32 => "this looks like an MD5; write what `sha256sum FILE` prints",
        _ => "write what `sha256sum FILE` prints",
    };
}
