using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Splits a condition into tokens. Reports what is not part of the language and reads it as the nearest thing that is,
/// so that one slip does not hide the next.
/// </summary>
internal sealed class ExpressionLexer
{
    /// <summary>Operators of CEL and of other languages that people try. Longer ones first.</summary>
    private static readonly ImmutableArray<(string Text, TokenKind ReadAs, string? Instead)> Unsupported =
    [
        ("=~", TokenKind.Reported, null), ("!~", TokenKind.Reported, null), ("<>", TokenKind.NotEqual, "!="),
        ("<=", TokenKind.Reported, null), (">=", TokenKind.Reported, null), ("<", TokenKind.Reported, null),
        (">", TokenKind.Reported, null), ("=", TokenKind.Equal, "=="), ("&", TokenKind.And, "&&"),
        ("|", TokenKind.Or, "||"), ("+", TokenKind.Reported, null), ("-", TokenKind.Reported, null),
        ("*", TokenKind.Reported, null), ("/", TokenKind.Reported, null), ("%", TokenKind.Reported, null),
        ("?", TokenKind.Reported, null), (":", TokenKind.Reported, null), ("~", TokenKind.Reported, null),
    ];

    private static readonly ImmutableArray<(string Text, TokenKind Kind)> Operators =
    [
        ("==", TokenKind.Equal), ("!=", TokenKind.NotEqual), ("&&", TokenKind.And), ("||", TokenKind.Or),
        ("(", TokenKind.OpenParenthesis), (")", TokenKind.CloseParenthesis), ("[", TokenKind.OpenBracket),
        ("]", TokenKind.CloseBracket), (",", TokenKind.Comma),
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
                c is '\u201C' or '\u201D' or '\u2018' or '\u2019' ? "use straight quotes" : null);
            _at += length;
        }
    }

    private bool TryReadOperator()
    {
        foreach (var (text, kind) in Operators)
        {
            if (string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0)
            {
                Add(kind, text.Length);
                return true;
            }
        }

        foreach (var (text, kind, instead) in Unsupported)
        {
            if (string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0)
            {
                _source.Report(
                    DiagnosticCatalog.UnsupportedOperator,
                    _at,
                    _at + text.Length,
                    $"The operator `{text}` is not part of the language.",
                    instead is null ? Spelling.OneOf(ExpressionWords.Operators) : $"did you mean `{instead}`?");
                Add(kind, text.Length);
                return true;
            }
        }

        if (_text[_at] != '!')
        {
            return false;
        }

        Add(TokenKind.Not, 1);
        return true;
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
