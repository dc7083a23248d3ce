using System.Text;

namespace Gatehouse.Policy;

/// <summary>Compares a text with one pattern, byte by byte and with backtracking; shares nothing with the automaton.</summary>
internal static class PatternMatcher
{
    public static bool Fits(PatternKind kind, string pattern, ReadOnlySpan<byte> text)
    {
        var bytes = Encoding.UTF8.GetBytes(pattern);
        return kind switch
        {
            PatternKind.Prefix => text.StartsWith(bytes),
            PatternKind.Suffix => text.EndsWith(bytes),
            _ => new Globbing(bytes, text).Fits(0, 0, afterPlainText: true),
        };
    }

    /// <summary>
    /// A character is a byte with all the continuation bytes of UTF-8 that follow it; after a star or another character it
    /// does not begin with one.
    /// </summary>
    private static int CharacterLength(ReadOnlySpan<byte> text)
    {
        var end = text[1..].IndexOfAnyExceptInRange((byte)0x80, (byte)0xbf);
        return end < 0 ? text.Length : end + 1;
    }

    /// <summary>Remembers which rests were tried in vain, so that many stars do not cost more than pattern times text.</summary>
    private readonly ref struct Globbing(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _pattern = pattern;
        private readonly ReadOnlySpan<byte> _text = text;
        private readonly HashSet<(int Pattern, int Text)> _inVain = [];

        public bool Fits(int p, int t, bool afterPlainText)
        {
            if (_inVain.Contains((p, t)))
            {
                return false;
            }

            var fits = FitsHere(p, t, afterPlainText);
            if (!fits)
            {
                _inVain.Add((p, t));
            }

            return fits;
        }

        private bool FitsHere(int p, int t, bool afterPlainText)
        {
            if (p == _pattern.Length)
            {
                return t == _text.Length;
            }

            if (_pattern[p] == '*')
            {
                var all = p + 1 < _pattern.Length && _pattern[p + 1] == '*';
                var after = p;
                while (after < _pattern.Length && _pattern[after] == '*')
                {
                    after++;
                }

                return Fits(after, t, afterPlainText: false)
                    || (t < _text.Length && (all || _text[t] != '/') && Fits(p, t + 1, afterPlainText: false));
            }

            if (t == _text.Length)
            {
                return false;
            }

            if (_pattern[p] == '?')
            {
                return _text[t] != '/'
                    && (afterPlainText || _text[t] is < 0x80 or > 0xbf)
                    && Fits(p + 1, t + CharacterLength(_text[t..]), afterPlainText: false);
            }

            var literal = _pattern[p] == '\\' && p + 1 < _pattern.Length ? p + 1 : p;
            return _pattern[literal] == _text[t] && Fits(literal + 1, t + 1, afterPlainText: true);
        }
    }
}
