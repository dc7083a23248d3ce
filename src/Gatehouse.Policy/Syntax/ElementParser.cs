namespace Gatehouse.Policy;

/// <summary>
/// Parses what stands in the parentheses of functions: one pattern, or <c>a, test of a</c>. Reads to the closing
/// parenthesis, over whatever is wrong.
/// </summary>
internal sealed class ElementParser(ExpressionSource source, TokenCursor tokens, OperandReader operands)
{
    /// <summary>Behind the opening parenthesis of <c>startsWith</c> and its like.</summary>
    public PatternTest? ParsePattern(PolicyField? field, PatternKind kind, ExpressionToken function)
    {
        var text = tokens.Current;
        if (text.Kind == TokenKind.String && tokens.Following.Kind == TokenKind.End)
        {
            tokens.Next();
            tokens.Close();
            return null;
        }

        if (text.Kind != TokenKind.String || tokens.Following.Kind != TokenKind.CloseParenthesis)
        {
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                text,
                $"`{Excerpt.Of(function.Text)}` takes one string in quotes.",
                "join several by `||`");
            tokens.SkipToClose();
            return null;
        }

        tokens.Next();
        tokens.Next();
        return field is not null
            && PatternCheck.Check(field, kind, text.Text, (code, message, hint) => source.Report(code, text, message, hint))
                ? new PatternTest(kind, text.Text)
                : null;
    }

    /// <summary>Behind the opening parenthesis of <c>exists</c>.</summary>
    public ElementTest? ParseExists(PolicyField field)
    {
        var variable = tokens.Current;
        if (variable.Kind != TokenKind.Identifier || variable.Text.Contains('.', StringComparison.Ordinal)
            || tokens.Following.Kind != TokenKind.Comma)
        {
            Report(variable, "`exists` begins with a name for the element and a comma.", $"write {field.Name}.exists(a, a.startsWith(\"…\"))");
            tokens.SkipToClose();
            return null;
        }

        tokens.Next();
        tokens.Next();
        var test = ParseTest(field, variable.Text);
        if (test is not null && tokens.Current.Kind is TokenKind.And or TokenKind.Or)
        {
            Report(
                tokens.Current,
                "`exists` asks one thing of an element.",
                tokens.Current.Kind == TokenKind.Or ? $"write {field.Name}.exists(…) || {field.Name}.exists(…)" : "leave one out");
            test = null;
        }

        if (test is null)
        {
            tokens.SkipToClose();
            return null;
        }

        tokens.Close();
        return test as ElementTest ?? new ElementTest(test);
    }

    /// <summary>The test, or null if it was reported; then the closing parenthesis is still to come.</summary>
    private FieldTest? ParseTest(PolicyField field, string variable)
    {
        var first = tokens.Current;
        if (first.Kind == TokenKind.String && tokens.Following.Kind == TokenKind.Equal)
        {
            tokens.Next();
            tokens.Next();
            return TakeVariable(variable) ? operands.Equal(field, first) : null;
        }

        if (first.Kind == TokenKind.Identifier && PatternOf(variable, first) is { } kind
            && tokens.Following.Kind == TokenKind.OpenParenthesis)
        {
            tokens.Next();
            tokens.Next();
            return ParsePattern(field, kind, first);
        }

        if (!TakeVariable(variable))
        {
            return null;
        }

        var op = tokens.Current;
        switch (op.Kind)
        {
            case TokenKind.Equal:
                tokens.Next();
                return operands.Literal(field, op) is { } literal ? operands.Equal(field, literal) : null;
            case TokenKind.Identifier when op.Text is "in":
                tokens.Next();
                return operands.Members(field);
            default:
                Report(op, "Of an element `exists` asks by `==`, `in`, `startsWith`, `endsWith` or `matches`.", $"write {variable} == \"…\"");
                return null;
        }
    }

    private bool TakeVariable(string variable)
    {
        if (tokens.Current.Kind == TokenKind.Identifier && string.Equals(tokens.Current.Text, variable, StringComparison.Ordinal))
        {
            tokens.Next();
            return true;
        }

        Report(
            tokens.Current,
            $"`exists` asks about its element `{Excerpt.Of(variable)}` only.",
            $"write {Excerpt.Of(variable)} == \"…\" or {Excerpt.Of(variable)}.startsWith(\"…\")");
        return false;
    }

    private static PatternKind? PatternOf(string variable, ExpressionToken name) =>
        name.Text.Length > variable.Length + 1
        && name.Text[variable.Length] == '.'
        && name.Text.StartsWith(variable, StringComparison.Ordinal)
            ? ExpressionWords.PatternOf(name.Text[(variable.Length + 1)..])
            : null;

    private void Report(ExpressionToken token, string message, string suggestion)
    {
        if (!tokens.Lost)
        {
            source.Report(DiagnosticCatalog.ExistsScope, token, message, suggestion);
        }
    }
}
