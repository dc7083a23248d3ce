using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Splits a condition into tokens. Reports what is not part of the language and reads it as the nearest thing that is,
/// so that one slip does not hide the next.
/// </summary>
internal sealed class ExpressionLexer
{
    private const string UseMatches = "write field.matches(\"…\") with a glob";

    /// <summary>
    /// The operators, and those of CEL and of other languages that people try: these have a hint. Longer ones first.
    /// </summary>
    private static readonly ImmutableArray<(string Text, TokenKind ReadAs, string? Hint)> Operators =
    [
        ("==", TokenKind.Equal, null), ("!=", TokenKind.NotEqual, null), ("<=", TokenKind.LessOrEqual, null),
        (">=", TokenKind.GreaterOrEqual, null), ("&&", TokenKind.And, null), ("||", TokenKind.Or, null),
        ("=~", TokenKind.Reported, UseMatches), ("!~", TokenKind.Reported, UseMatches),
        ("<>", TokenKind.NotEqual, "did you mean `!=`?"), ("(", TokenKind.OpenParenthesis, null),
        (")", TokenKind.CloseParenthesis, null), ("[", TokenKind.OpenBracket, null), ("]", TokenKind.CloseBracket, null),
        (",", TokenKind.Comma, null), ("<", TokenKind.Less, null), (">", TokenKind.Greater, null),
        ("!", TokenKind.Not, null), ("=", TokenKind.Equal, "did you mean `==`?"), ("&", TokenKind.And, "did you mean `&&`?"),
        ("|", TokenKind.Or, "did you mean `||`?"), ("~", TokenKind.Reported, UseMatches), ("+", TokenKind.Reported, ""),
        ("-", TokenKind.Reported, ""), ("*", TokenKind.Reported, ""), ("/", TokenKind.Reported, ""),
        ("%", TokenKind.Reported, ""), ("?", TokenKind.Reported, ""), (":", TokenKind.Reported, ""),
    ];

    private readonly ExpressionSource _source;
    private readonly string _text;
    private readonly List<ExpressionToken> _tokens = [];
    private int _at;

    private ExpressionLexer(ExpressionSource source)
    {
        _source = source;
        _text = source.Text;
    }

    /// <summary>The tokens, ending with <see cref="TokenKind.End"/>.</summary>
    public static IReadOnlyList<ExpressionToken> Tokenize(ExpressionSource source)
    {
        var lexer = new ExpressionLexer(source);
        while (lexer._at < lexer._text.Length)
        {
            lexer.ReadOne();
        }

        // The end is the last character that is no white space, which is where people look for what is missing.
        var end = lexer._text.AsSpan().TrimEnd().Length;
        lexer._tokens.Add(new ExpressionToken(TokenKind.End, "", end, end));
        return lexer._tokens;
    }

    private void ReadOne()
    {
        var c = _text[_at];
        if (char.IsWhiteSpace(c))
        {
            _at++;
        }
        else if (c is '"' or '\'')
        {
            ReadString();
        }
        else if (char.IsAsciiLetter(c) || c == '_')
        {
            Add(TokenKind.Identifier, WordLength());
        }
        else if (char.IsAsciiDigit(c))
        {
            Add(TokenKind.Number, WordLength());
        }
        else if (!TryReadOperator())
        {
            var length = char.IsHighSurrogate(c) ? 2 : 1;
            _source.Report(
                DiagnosticCatalog.UnexpectedCharacter,
                _at,
                _at + length,
                $"`{_text.Substring(_at, length)}` has no meaning in a condition.",
                HintFor(c));
            _at += length;
        }
    }

    private static string? HintFor(char c) => c switch
    {
        '\u201C' or '\u201D' or '\u2018' or '\u2019' => "use straight quotes",
        '.' => "a function stands directly behind a field: field.startsWith(\"…\")",
        _ => null,
    };

    private bool TryReadOperator()
    {
        foreach (var (text, kind, hint) in Operators)
        {
            if (string.CompareOrdinal(_text, _at, text, 0, text.Length) != 0)
            {
                continue;
            }

            if (hint is null)
            {
                Add(kind, text.Length);
            }
            else
            {
                ReadUnsupported(text, kind, hint);
            }

            return true;
        }

        return false;
    }

    private void ReadUnsupported(string text, TokenKind kind, string hint)
    {
        var sign = text is "-" && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]);
        _source.Report(
            DiagnosticCatalog.UnsupportedOperator,
            _at,
            _at + text.Length,
            $"The operator `{text}` is not part of the language.",
            sign ? "numbers are not negative; an id that is not set is 4294967295"
                : hint.Length > 0 ? hint : Spelling.OneOf(ExpressionWords.Operators));
        if (sign)
        {
            // The number behind it is read as if the sign were not there, and so is what follows.
            _at++;
            return;
        }

        Add(kind, text.Length);
    }

    private void ReadString()
    {
        var start = _at;
        var read = ExpressionString.Read(_source, ref _at);
        _tokens.Add(new ExpressionToken(TokenKind.String, read, start, _at));
    }

    /// <summary>Letters, digits, underscores and dots; a dot only between two of the others.</summary>
    private int WordLength()
    {
        var end = _at;
        while (end < _text.Length
            && (IsWordCharacter(_text[end])
                || (_text[end] == '.' && end + 1 < _text.Length && IsWordCharacter(_text[end + 1]))))
        {
            end++;
        }

        return end - _at;
    }

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private void Add(TokenKind kind, int length)
    {
        _tokens.Add(new ExpressionToken(kind, _text.Substring(_at, length), _at, _at + length));
        _at += length;
    }
}
