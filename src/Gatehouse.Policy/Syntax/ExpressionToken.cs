namespace Gatehouse.Policy;

/// <summary>A token of a condition; indexes are into the scalar's value.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its spelling or, for a string, its value.</param>
/// <param name="Start">Index of its first character.</param>
/// <param name="End">Index after its last character.</param>
internal sealed record ExpressionToken(TokenKind Kind, string Text, int Start, int End);

/// <summary>The kinds of tokens.</summary>
internal enum TokenKind
{
    End,
    Identifier,
    String,
    Number,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Not,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,
    Comma,

    /// <summary>
    /// An operator that was reported already; it is read as a comparison so that the rest is checked too.
    /// </summary>
    Reported,
}
