namespace Gatehouse.Policy;

/// <summary>
/// Parses what is between the logical operators: <c>true</c>, <c>field == "x"</c>, <c>field in …</c>, <c>"x" in field</c>,
/// <c>field.startsWith("x")</c>.
/// </summary>
internal sealed class ComparisonParser(
    ExpressionSource source, TokenCursor tokens, FieldReader fields, OperandReader operands)
{
    private readonly FunctionParser _functions = new(source, tokens, fields, operands);

    public Condition? Parse()
    {
        var first = tokens.Current;
        switch (first.Kind)
        {
            case TokenKind.Identifier when tokens.Following.Kind == TokenKind.OpenParenthesis:
                return _functions.Parse();
            case TokenKind.Identifier when IsTruth(first):
                tokens.Next();
                return IsEquality(tokens.Current) ? ParseLiteralFirst(first) : new ConstantCondition(first.Text is "true", source.Span(first));
            case TokenKind.Identifier:
                return ParseFieldFirst(tokens.Next());
            case TokenKind.String or TokenKind.Number:
                return ParseLiteralFirst(tokens.Next());
            default:
                tokens.Expected("a comparison", "begin with a field, such as image.path or process.uid");
                return null;
        }
    }

    private Condition? ParseFieldFirst(ExpressionToken name)
    {
        var field = fields.Find(name);
        var op = tokens.Current;
        switch (op.Kind)
        {
            case TokenKind.Equal or TokenKind.NotEqual or TokenKind.Reported:
                tokens.Next();
                return ParseEquality(field, name, op);
            case TokenKind.Less or TokenKind.LessOrEqual or TokenKind.Greater or TokenKind.GreaterOrEqual:
                tokens.Next();
                return operands.Literal(field, op) is { } literal && field is not null
                    ? Condition(field, operands.Ordered(field, op, op.Kind, literal), name.Start)
                    : null;
            case TokenKind.Identifier when op.Text is "in":
                tokens.Next();
                return Condition(field, operands.Members(Comparable(field, name)), name.Start);
            case TokenKind.Identifier when op.Text is "not":
                tokens.Expected("an operator", $"did you mean `!({name.Text} in …)`?");
                return null;
            default:
                return ParseAlone(field, name);
        }
    }

    /// <summary>A field without an operator behind it, which only a flag can be.</summary>
    private TestCondition? ParseAlone(PolicyField? field, ExpressionToken name)
    {
        if (field?.Type == FieldType.Flag)
        {
            return Condition(field, new FlagTest(), name.Start);
        }

        if (field is not null && tokens.Current.Kind is TokenKind.And or TokenKind.Or or TokenKind.CloseParenthesis)
        {
            source.Report(
                DiagnosticCatalog.UnexpectedToken,
                name,
                $"`{name.Text}` alone is no condition.",
                $"compare it by {ExpressionWords.UsageOf(field)}");
        }
        else if (field is not null || tokens.Current.Kind is not (TokenKind.And or TokenKind.Or or TokenKind.CloseParenthesis or TokenKind.End))
        {
            tokens.Expected(field is null ? "an operator" : ExpressionWords.UsageOf(field));
        }

        return null;
    }

    private Condition? ParseEquality(PolicyField? field, ExpressionToken name, ExpressionToken op)
    {
        if (field?.Type == FieldType.Flag && op.Kind != TokenKind.Reported && IsTruth(tokens.Current))
        {
            return Flag(field, tokens.Next(), op, name.Start);
        }

        return operands.Literal(field, op) is { } literal ? Equality(Comparable(field, name), literal, op, name.Start) : null;
    }

    private Condition? ParseLiteralFirst(ExpressionToken literal)
    {
        var op = tokens.Current;
        if (op is { Kind: TokenKind.Identifier, Text: "in" } && literal.Kind == TokenKind.String)
        {
            tokens.Next();
            return _functions.ParseElement(literal);
        }

        if (op.Kind is not (TokenKind.Equal or TokenKind.NotEqual or TokenKind.Less or TokenKind.LessOrEqual
            or TokenKind.Greater or TokenKind.GreaterOrEqual))
        {
            tokens.Expected("`==` or `!=`", "begin the comparison with a field");
            return null;
        }

        tokens.Next();
        if (tokens.Current.Kind != TokenKind.Identifier)
        {
            tokens.Expected("a field", "write the field on one side of the operator");
            return null;
        }

        var name = tokens.Next();
        if (fields.Find(name) is not { } field)
        {
            return null;
        }

        if (field.Type == FieldType.Flag && literal.Kind == TokenKind.Identifier)
        {
            return Flag(field, literal, op, literal.Start);
        }

        return IsEquality(op)
            ? Equality(Comparable(field, name), literal, op, literal.Start)
            : Condition(field, operands.Ordered(field, op, Mirrored(op.Kind), literal), literal.Start);
    }

    private Condition? Equality(PolicyField? field, ExpressionToken literal, ExpressionToken op, int start)
    {
        if (field is null || op.Kind == TokenKind.Reported || Condition(field, operands.Equal(field, literal), start) is not { } test)
        {
            return null;
        }

        return op.Kind == TokenKind.NotEqual ? new NotCondition(test, test.Span) : test;
    }

    private Condition? Flag(PolicyField field, ExpressionToken truth, ExpressionToken op, int start)
    {
        var test = Condition(field, new FlagTest(), start)!;
        return truth.Text is "true" == (op.Kind == TokenKind.Equal) ? test : new NotCondition(test, test.Span);
    }

    /// <summary>The field, if values can be compared with it; else that is reported.</summary>
    private PolicyField? Comparable(PolicyField? field, ExpressionToken name)
    {
        if (field?.Type is not (FieldType.Flag or FieldType.Words or FieldType.Texts))
        {
            return field;
        }

        source.Report(
            DiagnosticCatalog.InvalidOperand,
            name,
            field.Type == FieldType.Flag ? $"`{name.Text}` is true or false." : $"`{name.Text}` is a list.",
            field.Type == FieldType.Flag ? $"write {name.Text} or !{name.Text}" : $"write \"…\" in {name.Text}");
        return null;
    }

    private TestCondition? Condition(PolicyField? field, FieldTest? test, int start) =>
        field is null || test is null || tokens.Lost
            ? null
            : new TestCondition(field, test, source.Span(start, tokens.PreviousEnd));

    private static bool IsTruth(ExpressionToken token) => token is { Kind: TokenKind.Identifier, Text: "true" or "false" };

    private static bool IsEquality(ExpressionToken op) => op.Kind is TokenKind.Equal or TokenKind.NotEqual;

    private static TokenKind Mirrored(TokenKind op) => op switch
    {
        TokenKind.Less => TokenKind.Greater,
        TokenKind.LessOrEqual => TokenKind.GreaterOrEqual,
        TokenKind.Greater => TokenKind.Less,
        _ => TokenKind.LessOrEqual,
    };
}
