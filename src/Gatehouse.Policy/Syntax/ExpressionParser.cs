using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Parses a condition. What is written well but wrong (a field that does not exist, a bad hash) is reported and read
/// over; only where the grammar is lost does it stop. Chains of one operator are flat, everything else counts as depth.
/// </summary>
internal sealed class ExpressionParser
{
    private readonly TokenCursor _tokens;
    private readonly ComparisonParser _comparisons;
    private readonly ExpressionSource _source;
    private readonly FieldReader _fields;

    private ExpressionParser(ExpressionSource source, SetScope sets)
    {
        _source = source;
        _tokens = new TokenCursor(source, ExpressionLexer.Tokenize(source));
        _fields = new FieldReader(source, sets);
        _comparisons = new ComparisonParser(source, _tokens, _fields, new OperandReader(source, _tokens, sets));
    }

    /// <summary>The condition, or null if anything in it was reported as an error.</summary>
    public static Condition? Parse(ExpressionSource source, SetScope sets, DiagnosticBag diagnostics)
    {
        var errorsBefore = diagnostics.ErrorCount;
        if (source.Text.Length > PolicyLimits.MaxConditionLength)
        {
            source.Report(
                DiagnosticCatalog.ConditionTooLong,
                0,
                1,
                $"The condition has {source.Text.Length} characters; at most {PolicyLimits.MaxConditionLength} are possible.",
                "move long lists to `sets:`");
            return null;
        }

        var parser = new ExpressionParser(source, sets);
        var condition = parser.ParseOr(depth: 0);
        if (!parser._tokens.Lost && parser._tokens.Current.Kind != TokenKind.End)
        {
            parser._tokens.Expected("`&&`, `||` or the end of the condition");
        }

        return diagnostics.ErrorCount == errorsBefore ? condition : null;
    }

    private Condition? ParseOr(int depth) => ParseChain(
        TokenKind.Or, "OR", () => ParseAnd(depth), (operands, span) => new OrCondition(operands, span));

    private Condition? ParseAnd(int depth) => ParseChain(
        TokenKind.And, "AND", () => ParseUnary(depth), (operands, span) => new AndCondition(operands, span));

    private Condition? ParseChain(
        TokenKind kind, string word, Func<Condition?> operand, Func<ImmutableArray<Condition>, SourceSpan, Condition> create)
    {
        var start = _tokens.Current.Start;
        var operands = ImmutableArray.CreateBuilder<Condition>();
        Condition? first = operand();
        var missing = first is null;
        while (!_tokens.Lost && _tokens.TakeOperator(kind, word))
        {
            if (operands.Count == 0 && first is not null)
            {
                operands.Add(first);
            }

            if (operand() is { } next)
            {
                operands.Add(next);
            }
            else
            {
                missing = true;
            }
        }

        if (missing || _tokens.Lost)
        {
            return null;
        }

        return operands.Count == 0 ? first : create(operands.ToImmutable(), _source.Span(start, _tokens.PreviousEnd));
    }

    private Condition? ParseUnary(int depth)
    {
        var start = _tokens.Current;
        if (depth > PolicyLimits.MaxConditionDepth)
        {
            _source.Report(
                DiagnosticCatalog.ConditionTooDeep,
                start,
                $"Parentheses, `!` and `ancestor` are nested deeper than {PolicyLimits.MaxConditionDepth} levels.");
            _tokens.Stop();
            return null;
        }

        if (_tokens.TakeOperator(TokenKind.Not, "NOT"))
        {
            CheckOperandOfNot();
            return ParseUnary(depth + 1) is { } operand
                ? new NotCondition(operand, _source.Span(start.Start, _tokens.PreviousEnd))
                : null;
        }

        if (start is { Kind: TokenKind.Identifier, Text: ExpressionWords.Ancestor }
            && _tokens.Following.Kind == TokenKind.OpenParenthesis)
        {
            return ParseAncestor(depth);
        }

        if (!_tokens.Take(TokenKind.OpenParenthesis))
        {
            return _comparisons.Parse();
        }

        var inner = ParseOr(depth + 1);
        _tokens.Close();
        return inner;
    }

    private AncestorCondition? ParseAncestor(int depth)
    {
        var name = _tokens.Next();
        _tokens.Next();
        var nested = _fields.InsideAncestor;
        if (nested)
        {
            _source.Report(
                DiagnosticCatalog.AncestorScope,
                name,
                "Ancestors have no ancestors of their own: those of the process are all there are.",
                "write ancestor(…) && ancestor(…)");
        }

        _fields.InsideAncestor = true;
        var operand = ParseOr(depth + 1);
        _fields.InsideAncestor = nested;
        _tokens.Close();
        return operand is null || nested || _tokens.Lost
            ? null
            : new AncestorCondition(operand, _source.Span(name.Start, _tokens.PreviousEnd));
    }

    /// <summary>
    /// In CEL, <c>!a == b</c> is <c>(!a) == b</c>; people mean the other thing.
    /// </summary>
    private void CheckOperandOfNot()
    {
        var operand = _tokens.Current;
        if (operand.Kind is not (TokenKind.String or TokenKind.Number or TokenKind.Identifier) || !IsOperator(_tokens.Following))
        {
            return;
        }

        _source.Report(
            DiagnosticCatalog.UnexpectedToken,
            operand,
            "`!` applies to what is in parentheses; without them it would apply to the field alone.",
            "write !(…) around the comparison");
    }

    private static bool IsOperator(ExpressionToken token) => token.Kind switch
    {
        TokenKind.Equal or TokenKind.NotEqual or TokenKind.Less or TokenKind.LessOrEqual or TokenKind.Greater
            or TokenKind.GreaterOrEqual => true,
        TokenKind.Identifier => token.Text is "in",
        _ => false,
    };
}
