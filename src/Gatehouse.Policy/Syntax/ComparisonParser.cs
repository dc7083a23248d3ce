namespace Gatehouse.Policy;

/// <summary>
/// Parses what is between the logical operators: <c>true</c>, <c>field == "x"</c>, <c>field in …</c>.
/// </summary>
internal sealed class ComparisonParser(ExpressionSource source, TokenCursor tokens, SetScope sets)
{
    public Condition? Parse()
    {
        var first = tokens.Current;
        switch (first.Kind)
        {
            case TokenKind.Identifier when first.Text is "true" or "false":
                tokens.Next();
                return new ConstantCondition(first.Text is "true", source.Span(first));
            case TokenKind.Identifier:
                return ParseFieldFirst(tokens.Next());
            case TokenKind.String or TokenKind.Number:
                return ParseLiteralFirst(tokens.Next());
            default:
                tokens.Expected("a comparison", "begin with a field: " + string.Join(", ", ExpressionWords.Fields.Keys));
                return null;
        }
    }

    private Condition? ParseFieldFirst(ExpressionToken name)
    {
        if (tokens.Current.Kind == TokenKind.OpenParenthesis)
        {
            var function = name.Text[(name.Text.LastIndexOf('.') + 1)..];
            source.Report(
                DiagnosticCatalog.UnsupportedOperator,
                name,
                $"The function `{function}` is not part of the language.",
                Spelling.OneOf(ExpressionWords.Operators));
            tokens.Stop();
            return null;
        }

        var field = Field(name);
        var op = tokens.Current;
        switch (op.Kind)
        {
            case TokenKind.Equal or TokenKind.NotEqual or TokenKind.Reported:
                tokens.Next();
                return Comparison(field, op, Operand(field, op), name.Start);
            case TokenKind.Identifier when op.Text is "in":
                tokens.Next();
                return field is { } f ? Membership(f, name.Start) : SkipList();
            case TokenKind.Identifier when op.Text is "not":
                tokens.Expected("an operator", $"did you mean `!({name.Text} in …)`?");
                return null;
            default:
                tokens.Expected("`==`, `!=` or `in`");
                return null;
        }
    }

    private Condition? ParseLiteralFirst(ExpressionToken literal)
    {
        var op = tokens.Current;
        if (op.Kind is not (TokenKind.Equal or TokenKind.NotEqual))
        {
            tokens.Expected("`==` or `!=`", "begin the comparison with a field");
            return null;
        }

        tokens.Next();
        if (tokens.Current.Kind != TokenKind.Identifier)
        {
            tokens.Expected("a field", Spelling.OneOf(ExpressionWords.Fields.Keys));
            return null;
        }

        var field = Field(tokens.Next());
        return Comparison(field, op, field is { } f ? Value(f, literal) : null, literal.Start);
    }

    private ConditionField? Field(ExpressionToken name)
    {
        if (ExpressionWords.Fields.TryGetValue(name.Text, out var field))
        {
            return field;
        }

        if (sets.Contains(name.Text))
        {
            sets.Use(name.Text);
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                name,
                $"`{name.Text}` is a set; it stands to the right of `in`.",
                $"write field in {name.Text}");
        }
        else
        {
            source.Report(
                DiagnosticCatalog.UnknownField,
                name,
                $"There is no field `{name.Text}`.",
                Spelling.DidYouMeanOrOneOf(name.Text, [.. ExpressionWords.Fields.Keys]));
        }

        return null;
    }

    private Condition? Comparison(ConditionField? field, ExpressionToken op, string? value, int start)
    {
        if (field is not { } f || value is null)
        {
            return null;
        }

        var span = source.Span(start, tokens.PreviousEnd);
        var membership = new MembershipCondition(f, ValueSet.Of([value]), span);
        return op.Kind == TokenKind.NotEqual ? new NotCondition(membership, span) : membership;
    }

    /// <summary>The right side of <c>==</c> or <c>!=</c>, or null if it was reported.</summary>
    private string? Operand(ConditionField? field, ExpressionToken op)
    {
        var operand = tokens.Current;
        switch (operand.Kind)
        {
            case TokenKind.String or TokenKind.Number:
                tokens.Next();
                return field is { } f ? Value(f, operand) : null;
            case TokenKind.Identifier:
                tokens.Next();
                ReportIdentifierOperand(operand, op);
                return null;
            case TokenKind.OpenBracket:
                source.Report(
                    DiagnosticCatalog.InvalidOperand,
                    operand,
                    $"`{op.Text}` compares with one string, not with a list.",
                    op.Kind == TokenKind.NotEqual ? "write !(field in […])" : "write field in […]");
                SkipList();
                return null;
            default:
                tokens.Expected("a string in quotes");
                return null;
        }
    }

    private void ReportIdentifierOperand(ExpressionToken operand, ExpressionToken op)
    {
        if (sets.Contains(operand.Text))
        {
            sets.Use(operand.Text);
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                operand,
                $"`{operand.Text}` is a set; `{op.Text}` compares with one string.",
                op.Kind == TokenKind.NotEqual ? $"write !(field in {operand.Text})" : $"write field in {operand.Text}");
            return;
        }

        source.Report(
            DiagnosticCatalog.InvalidOperand,
            operand,
            $"`{op.Text}` compares a field with a string, and `{operand.Text}` is none.",
            $"write \"{operand.Text}\" in quotes");
    }

    private MembershipCondition? Membership(ConditionField field, int start)
    {
        var operand = tokens.Current;
        ValueSet? values;
        switch (operand.Kind)
        {
            case TokenKind.OpenBracket:
                values = List(field);
                break;
            case TokenKind.Identifier:
                tokens.Next();
                values = sets.Resolve(operand, field, source);
                break;
            case TokenKind.String or TokenKind.Number:
                tokens.Next();
                source.Report(
                    DiagnosticCatalog.InvalidOperand,
                    operand,
                    "`in` needs a list or the name of a set, not a single string.",
                    "write `==`, or put brackets around it");
                return null;
            default:
                tokens.Expected("a list or the name of a set");
                return null;
        }

        return values is null || tokens.Lost
            ? null
            : new MembershipCondition(field, values, source.Span(start, tokens.PreviousEnd));
    }

    private Condition? SkipList()
    {
        if (tokens.Current.Kind == TokenKind.OpenBracket)
        {
            List(field: null);
        }
        else
        {
            sets.Use(tokens.Next().Text);
        }

        return null;
    }

    /// <summary>A list of strings; a comma after the last one is allowed, as in CEL.</summary>
    private ValueSet? List(ConditionField? field)
    {
        tokens.Next();
        var values = new List<string>();
        var sound = true;
        while (!tokens.Take(TokenKind.CloseBracket))
        {
            if (tokens.Current.Kind is not (TokenKind.String or TokenKind.Number))
            {
                tokens.Expected("a string in quotes or `]`");
                return null;
            }

            var element = tokens.Next();
            var value = field is { } f ? Value(f, element) : null;
            sound &= value is not null;
            values.Add(value ?? "");
            if (!tokens.Take(TokenKind.Comma) && tokens.Current.Kind != TokenKind.CloseBracket)
            {
                tokens.Expected("`,` or `]`");
                return null;
            }
        }

        return sound ? ValueSet.Of(values) : null;
    }

    private string? Value(ConditionField field, ExpressionToken literal)
    {
        if (literal.Kind == TokenKind.String)
        {
            return FieldValue.Check(
                field, literal.Text, (kind, message, hint) => source.Report(kind, literal, message, hint));
        }

        source.Report(
            DiagnosticCatalog.InvalidOperand,
            literal,
            $"`{ExpressionWords.NameOf(field)}` is text, and this is a number.",
            "put it in quotes");
        return null;
    }
}
