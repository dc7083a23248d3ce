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
            _ => new Globbing(bytes, text).Fits(0, 0),
        };
    }

    /// <summary>How many bytes the character has that begins here, or 0 if it is cut off or broken.</summary>
    private static int CharacterLength(ReadOnlySpan<byte> text)
    {
        var length = text[0] switch
        {
            >= 0xc0 and < 0xe0 => 2,
            >= 0xe0 and < 0xf0 => 3,
            >= 0xf0 and < 0xf8 => 4,
            _ => 1,
        };
        return text.Length >= length && !text[1..length].ContainsAnyExceptInRange((byte)0x80, (byte)0xbf) ? length : 0;
    }

    /// <summary>Remembers which rests were tried in vain, so that many stars do not cost more than pattern times text.</summary>
    private readonly ref struct Globbing(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _pattern = pattern;
        private readonly ReadOnlySpan<byte> _text = text;
        private readonly HashSet<(int Pattern, int Text)> _inVain = [];

        public bool Fits(int p, int t)
        {
            if (_inVain.Contains((p, t)))
            {
                return false;
            }

            var fits = FitsHere(p, t);
            if (!fits)
            {
                _inVain.Add((p, t));
            }

            return fits;
        }

        private bool FitsHere(int p, int t)
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

                return Fits(after, t) || (t < _text.Length && (all || _text[t] != '/') && Fits(p, t + 1));
            }

            if (t == _text.Length)
            {
                return false;
            }

            if (_pattern[p] == '?')
            {
                var length = _text[t] == '/' ? 0 : CharacterLength(_text[t..]);
                return length > 0 && Fits(p + 1, t + length);
            }

            var literal = _pattern[p] == '\\' && p + 1 < _pattern.Length ? p + 1 : p;
            return _pattern[literal] == _text[t] && Fits(literal + 1, t + 1);
        }
    }
}
