namespace Gatehouse.Policy;

/// <summary>Text of the file inside a message: short, and on one line, so that a file cannot forge other output.</summary>
internal static class Excerpt
{
    private const int Longest = 80;

    public static string Of(string text)
    {
        var cut = text.Length <= Longest ? text : text[..Longest] + "…";
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
    }
}
