namespace Gatehouse.Policy;

/// <summary>Compares a text with a pattern, in time that grows with the product of their lengths at most.</summary>
internal static class ReplayGlob
{
    public static bool Matches(string pattern, string text)
    {
        var tokens = Tokens(pattern);

        // Which tokens may come next; moving along the text with all of them at once needs no backtracking.
        var next = new bool[tokens.Count + 1];
        next[0] = true;
        SkipStars(tokens, next);
        foreach (var rune in text.EnumerateRunes())
        {
            var after = new bool[tokens.Count + 1];
            for (var i = 0; i < tokens.Count; i++)
            {
                if (next[i] && tokens[i].Takes(rune.Value))
                {
                    after[tokens[i].Repeats ? i : i + 1] = true;
                }
            }

            SkipStars(tokens, after);
            next = after;
        }

        return next[tokens.Count];
    }

    private static void SkipStars(List<Token> tokens, bool[] next)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            next[i + 1] |= next[i] && tokens[i].Repeats;
        }
    }

    private static List<Token> Tokens(string pattern)
    {
        var tokens = new List<Token>();
        var runes = pattern.EnumerateRunes().Select(static r => r.Value).ToList();
        for (var i = 0; i < runes.Count; i++)
        {
            switch (runes[i])
            {
                case '*' when i + 1 < runes.Count && runes[i + 1] == '*':
                    tokens.Add(new Token(Token.Any, Repeats: true, Slash: true));
                    i++;
                    break;
                case '*':
                    tokens.Add(new Token(Token.Any, Repeats: true, Slash: false));
                    break;
                case '?':
                    tokens.Add(new Token(Token.Any, Repeats: false, Slash: false));
                    break;
                case '\\' when i + 1 < runes.Count:
                    tokens.Add(new Token(runes[++i], Repeats: false, Slash: false));
                    break;
                default:
                    tokens.Add(new Token(runes[i], Repeats: false, Slash: false));
                    break;
            }
        }

        return tokens;
    }

    private sealed record Token(int Value, bool Repeats, bool Slash)
    {
        public const int Any = -1;

        public bool Takes(int rune) => Value == Any ? Slash || rune != '/' : rune == Value;
    }
}
