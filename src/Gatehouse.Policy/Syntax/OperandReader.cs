using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>Reads what a field is compared with: a literal, a list, a set. What is wrong is reported and read over.</summary>
internal sealed class OperandReader(ExpressionSource source, TokenCursor tokens, SetScope sets)
{
    /// <summary>The test <c>field == literal</c>, or null if it was reported.</summary>
    public FieldTest? Equal(PolicyField field, ExpressionToken literal) =>
        Value(field, literal) is { } value ? FieldValue.Test(field, [value]) : null;

    /// <summary>The test <c>field &lt; literal</c> and its like, or null if it was reported.</summary>
    public FieldTest? Ordered(PolicyField field, ExpressionToken op, TokenKind order, ExpressionToken literal)
    {
        if (field.Type != FieldType.Number)
        {
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                op,
                $"`{op.Text}` compares numbers, and `{field.Name}` is none.",
                "write " + ExpressionWords.UsageOf(field));
            return null;
        }

        return Value(field, literal) is { } digits
            ? NumberRanges.Compare(order, ulong.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>
    /// The literal behind an operator. Null if there is none; that was reported, and either read over or the end.
    /// </summary>
    public ExpressionToken? Literal(PolicyField? field, ExpressionToken op)
    {
        var operand = tokens.Current;
        switch (operand.Kind)
        {
            case TokenKind.String or TokenKind.Number:
                return tokens.Next();
            case TokenKind.Identifier when tokens.Following.Kind != TokenKind.OpenParenthesis:
                tokens.Next();
                ReportIdentifier(field, operand, op);
                return null;
            case TokenKind.OpenBracket:
                source.Report(
                    DiagnosticCatalog.InvalidOperand,
                    operand,
                    $"`{op.Text}` compares with one value, not with a list.",
                    op.Kind == TokenKind.NotEqual ? "write !(field in […])" : "write field in […]");
                List(field: null);
                return null;
            default:
                tokens.Expected(field?.Type == FieldType.Number ? "a number" : "a string in quotes");
                return null;
        }
    }

    /// <summary>What stands behind <c>in</c>; the field is null if it was reported already.</summary>
    public FieldTest? Members(PolicyField? field)
    {
        var operand = tokens.Current;
        switch (operand.Kind)
        {
            case TokenKind.OpenBracket:
                return List(field) is { } values && field is not null ? FieldValue.Test(field, values) : null;
            case TokenKind.Identifier when field is null:
                sets.Use(tokens.Next().Text);
                return null;
            case TokenKind.Identifier:
                return sets.Resolve(tokens.Next(), field, source);
            case TokenKind.String or TokenKind.Number:
                tokens.Next();
                source.Report(
                    DiagnosticCatalog.InvalidOperand,
                    operand,
                    "`in` needs a list or the name of a set, not a single value.",
                    "write `==`, or put brackets around it");
                return null;
            default:
                tokens.Expected("a list or the name of a set");
                return null;
        }
    }

    /// <summary>The literal in the one spelling that the field compares, or null if it was reported.</summary>
    public string? Value(PolicyField field, ExpressionToken literal)
    {
        var wanted = field.Type == FieldType.Number ? TokenKind.Number : TokenKind.String;
        if (literal.Kind == wanted)
        {
            return FieldValue.Check(
                field, literal.Text, (kind, message, hint) => source.Report(kind, literal, message, hint));
        }

        var isText = wanted == TokenKind.String;
        source.Report(
            DiagnosticCatalog.InvalidOperand,
            literal,
            isText ? $"`{field.Name}` is text, and this is a number." : $"`{field.Name}` is a number, and this is text.",
            isText ? "put it in quotes" : "leave out the quotes");
        return null;
    }

    /// <summary>A list of literals; a comma after the last one is allowed, as in CEL.</summary>
    private List<string>? List(PolicyField? field)
    {
        tokens.Next();
        var values = new List<string>();
        var sound = true;
        while (!tokens.Take(TokenKind.CloseBracket))
        {
            if (tokens.Current.Kind is not (TokenKind.String or TokenKind.Number))
            {
                tokens.Expected(field?.Type == FieldType.Number ? "a number or `]`" : "a string in quotes or `]`");
                return null;
            }

            var element = tokens.Next();
            var value = field is null ? null : Value(field, element);
            sound &= value is not null;
            values.Add(value ?? "");
            if (!tokens.Take(TokenKind.Comma) && tokens.Current.Kind != TokenKind.CloseBracket)
            {
                tokens.Expected("`,` or `]`");
                return null;
            }
        }

        return sound ? values : null;
    }

    private void ReportIdentifier(PolicyField? field, ExpressionToken operand, ExpressionToken op)
    {
        if (sets.Contains(operand.Text))
        {
            sets.Use(operand.Text);
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                operand,
                $"`{operand.Text}` is a set; `{op.Text}` compares with one value.",
                op.Kind == TokenKind.NotEqual ? $"write !(field in {operand.Text})" : $"write field in {operand.Text}");
        }
        else if (ExpressionWords.Find(operand.Text) is not null)
        {
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                operand,
                $"A field is compared with a value, and `{operand.Text}` is another field.",
                "write the value");
        }
        else
        {
            var number = field?.Type == FieldType.Number;
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                operand,
                $"`{op.Text}` compares {(number ? "this field with a number" : "a field with a string")}, and `{Excerpt.Of(operand.Text)}` is none.",
                number ? "write decimal digits" : $"write \"{Excerpt.Of(operand.Text)}\" in quotes");
        }
    }
}
