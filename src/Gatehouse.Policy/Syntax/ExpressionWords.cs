namespace Gatehouse.Policy;

/// <summary>The words of the condition language.</summary>
internal static class ExpressionWords
{
    public static IReadOnlyList<string> Operators { get; } = ["==", "!=", "in", "&&", "||", "!"];

    public static IReadOnlyDictionary<string, ConditionField> Fields { get; } =
        new Dictionary<string, ConditionField>(StringComparer.Ordinal)
        {
            ["image.path"] = ConditionField.ImagePath,
            ["image.sha256"] = ConditionField.ImageSha256,
            ["image.kind"] = ConditionField.ImageKind,
        };

    /// <summary>Words that cannot name a set.</summary>
    public static IReadOnlyList<string> Reserved { get; } = ["true", "false", "in", "and", "or", "not", "null", "image"];

    /// <summary>Words that other languages have for our operators.</summary>
    public static string? OperatorFor(string word) => word.ToUpperInvariant() switch
    {
        "AND" => "&&",
        "OR" => "||",
        "NOT" => "!",
        _ => null,
    };

    public static string NameOf(ConditionField field) => Fields.First(f => f.Value == field).Key;
}
