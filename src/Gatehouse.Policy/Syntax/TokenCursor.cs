namespace Gatehouse.Policy;

/// <summary>Walks along the tokens of a condition and remembers whether the grammar was lost.</summary>
internal sealed class TokenCursor(ExpressionSource source, IReadOnlyList<ExpressionToken> tokens)
{
    private int _at;

    /// <summary>
    /// Whether parsing must end: an error in the grammar was reported, and what follows would be guesswork.
    /// </summary>
    public bool Lost { get; private set; }

    public ExpressionToken Current => tokens[_at];

    /// <summary>The token after the current one; the end is followed by the end.</summary>
    public ExpressionToken Following => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>Index after the token that was taken last.</summary>
    public int PreviousEnd => _at == 0 ? 0 : tokens[_at - 1].End;

    public ExpressionToken Next()
    {
        var token = Current;
        if (token.Kind != TokenKind.End)
        {
            _at++;
        }

        return token;
    }

    public bool Take(TokenKind kind)
    {
        if (Current.Kind != kind)
        {
            return false;
        }

        Next();
        return true;
    }

    /// <summary>Takes the closing parenthesis, or reports its absence.</summary>
    public void Close()
    {
        if (!Lost && !Take(TokenKind.CloseParenthesis))
        {
            Expected("`)`");
        }
    }

    /// <summary>
    /// Goes behind the parenthesis that closes the one that was opened last, over what was reported as wrong.
    /// </summary>
    public void SkipToClose()
    {
        var depth = 1;
        while (!Lost && depth > 0)
        {
            if (Current.Kind == TokenKind.End)
            {
                Expected("`)`");
                return;
            }

            depth += Next().Kind switch
            {
                TokenKind.OpenParenthesis => 1,
                TokenKind.CloseParenthesis => -1,
                _ => 0,
            };
        }
    }

    /// <summary>Takes an operator; its name as a word (AND, OR, NOT) is reported and read as the operator.</summary>
    public bool TakeOperator(TokenKind kind, string word)
    {
        if (Take(kind))
        {
            return true;
        }

        if (Current.Kind != TokenKind.Identifier || !string.Equals(Current.Text, word, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        source.Report(
            DiagnosticCatalog.UnsupportedOperator,
            Current,
            $"The operator `{Current.Text}` is not part of the language.",
            $"did you mean `{ExpressionWords.OperatorFor(word)}`?");
        Next();
        return true;
    }

    /// <summary>Reports the current token as the wrong one and gives up, unless that was done already.</summary>
    public void Expected(string what, string? suggestion = null)
    {
        if (!Lost && Current.Kind != TokenKind.Reported)
        {
            var found = Current.Kind switch
            {
                TokenKind.End => "the condition ends",
                TokenKind.String => "there is a string",
                _ => $"there is `{Shorten(Current.Text)}`",
            };
            source.Report(DiagnosticCatalog.UnexpectedToken, Current, $"Here {found}, but {what} is expected.", suggestion);
        }

        Stop();
    }

    public void Stop() => Lost = true;

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
