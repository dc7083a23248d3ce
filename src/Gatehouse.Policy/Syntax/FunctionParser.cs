namespace Gatehouse.Policy;

/// <summary>
/// Parses functions of fields: patterns, <c>exists</c>, and <c>"x" in field</c>, which asks for an element too.
/// </summary>
internal sealed class FunctionParser(
    ExpressionSource source, TokenCursor tokens, FieldReader fields, OperandReader operands)
{
    private readonly ElementParser _elements = new(source, tokens, operands);

    /// <summary>The current token is a name with a parenthesis behind it.</summary>
    public Condition? Parse()
    {
        var name = tokens.Next();
        var dot = name.Text.LastIndexOf('.');
        var function = name.Text[(dot + 1)..];
        tokens.Next();
        if (dot < 0 || (!IsExists(function) && ExpressionWords.PatternOf(function) is null))
        {
            source.Report(
                DiagnosticCatalog.UnsupportedOperator,
                name,
                $"The function `{Excerpt.Of(function)}` is not part of the language.",
                FunctionSuggestion(function));
            tokens.SkipToClose();
            return null;
        }

        var field = fields.Find(new ExpressionToken(TokenKind.Identifier, name.Text[..dot], name.Start, name.Start + dot));
        return IsExists(function) ? ParseExists(field, name) : ParsePattern(field, name, ExpressionWords.PatternOf(function)!.Value);
    }

    /// <summary>What follows <c>"x" in</c>.</summary>
    public TestCondition? ParseElement(ExpressionToken literal)
    {
        if (tokens.Current.Kind != TokenKind.Identifier)
        {
            tokens.Expected("a field that is a list", "write field in […], or \"…\" in exec.arguments");
            return null;
        }

        var name = tokens.Next();
        if (fields.Find(name) is not { } field)
        {
            return null;
        }

        if (field.Type is not (FieldType.Words or FieldType.Texts))
        {
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                name,
                $"`{name.Text}` is no list that could contain something.",
                $"write {name.Text} == \"…\"");
            return null;
        }

        if (operands.Value(field, literal) is not { } value)
        {
            return null;
        }

        var test = field.Type == FieldType.Words ? new ContainsTest(value) : FieldValue.Test(field, [value]);
        return new TestCondition(field, test, source.Span(literal.Start, tokens.PreviousEnd));
    }

    private TestCondition? ParsePattern(PolicyField? field, ExpressionToken name, PatternKind kind)
    {
        if (field is not null && field.Type != FieldType.Path)
        {
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                name,
                $"`{field.Name}` is no path that could have a pattern.",
                field.Type == FieldType.Texts
                    ? $"write {field.Name}.exists(a, a{name.Text[field.Name.Length..]}(\"…\"))"
                    : $"compare it by {ExpressionWords.UsageOf(field)}");
            field = null;
        }

        var pattern = _elements.ParsePattern(field, kind, name);
        return field is null || pattern is null
            ? null
            : new TestCondition(field, pattern, source.Span(name.Start, tokens.PreviousEnd));
    }

    private TestCondition? ParseExists(PolicyField? field, ExpressionToken name)
    {
        if (field is not null && field.Type != FieldType.Texts)
        {
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                name,
                $"`{field.Name}` is no list of texts.",
                field.Type == FieldType.Words ? $"write \"…\" in {field.Name}" : $"compare it by {ExpressionWords.UsageOf(field)}");
            field = null;
        }

        if (field is null)
        {
            tokens.SkipToClose();
            return null;
        }

        var test = _elements.ParseExists(field);
        return test is null || tokens.Lost
            ? null
            : new TestCondition(field, test, source.Span(name.Start, tokens.PreviousEnd));
    }

    private static bool IsExists(string function) => function is ExpressionWords.Exists;

    private static string FunctionSuggestion(string function) => function switch
    {
        "contains" => "write field.matches(\"**…**\") for a path, or \"…\" in field for a list",
        _ => Spelling.Nearest(function, ["startsWith", "endsWith", "matches", ExpressionWords.Exists, ExpressionWords.Ancestor]) is { } near
            ? $"did you mean `{near}`?"
            : Spelling.OneOf(ExpressionWords.Functions),
    };
}
