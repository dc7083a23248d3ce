using System.Buffers;

namespace Gatehouse.Trust;

/// <summary>The <c>md5sums</c> file of a package.</summary>
internal static class DpkgSums
{
    private const int Digits = 32;
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    /// <summary>From a path, with the slash that the file leaves out, to 32 digits.</summary>
    public static Dictionary<string, string> Parse(IEnumerable<string> lines)
    {
        var sums = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            // md5sum(1) marks a line by a backslash if it had to write backslashes and line ends of the name as \\ and \n.
            var escaped = line.StartsWith('\\');
            var text = escaped ? line[1..] : line;
            if (text.Length > Digits + 2 && IsMd5(text[..Digits]) && text[Digits] == ' ' && text[Digits + 1] is ' ' or '*')
            {
                var name = text[(Digits + 2)..];
                name = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
                sums["/" + (escaped ? Unescape(name) : name).TrimStart('/')] = text[..Digits];
            }
        }

        return sums;
    }

    public static bool IsMd5(string text) => text.Length == Digits && !text.AsSpan().ContainsAnyExcept(s_digits);

    private static string Unescape(string name) => name
        .Replace("\\\\", "\0", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Replace('\0', '\\');
}
