using System.Collections.Frozen;

namespace Gatehouse.Policy;

/// <summary>The words of the condition language.</summary>
internal static class ExpressionWords
{
    /// <summary>Asks about earlier programs of the process and of those it descends from.</summary>
    public const string Ancestor = "ancestor";

    /// <summary>Asks about the elements of a list of texts.</summary>
    public const string Exists = "exists";

    private static readonly FrozenDictionary<string, PolicyField> Fields =
        FieldCatalog.All.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    public static IReadOnlyList<string> Operators { get; } = ["==", "!=", "<", "<=", ">", ">=", "in", "&&", "||", "!"];

    public static IReadOnlyList<string> Functions { get; } =
        ["field.startsWith(…)", "field.endsWith(…)", "field.matches(…)", "field.exists(a, …)", "ancestor(…)"];

    /// <summary>What names of fields begin with.</summary>
    public static IReadOnlyList<string> Prefixes { get; } = [.. FieldCatalog.All.Select(f => PrefixOf(f.Name)).Distinct(StringComparer.Ordinal)];

    /// <summary>Words that cannot name a set.</summary>
    public static IReadOnlyList<string> Reserved { get; } =
        ["true", "false", "in", "and", "or", "not", "null", Ancestor, .. Prefixes];

    public static PolicyField? Find(string name) => Fields.GetValueOrDefault(name);

    /// <summary>The kind of pattern that a function asks for, or null if there is no such function.</summary>
    public static PatternKind? PatternOf(string function) => function switch
    {
        "startsWith" => PatternKind.Prefix,
        "endsWith" => PatternKind.Suffix,
        "matches" => PatternKind.Glob,
        _ => null,
    };

    /// <summary>Words that other languages have for our operators.</summary>
    public static string? OperatorFor(string word) => word.ToUpperInvariant() switch
    {
        "AND" => "&&",
        "OR" => "||",
        "NOT" => "!",
        _ => null,
    };

    /// <summary>How a field is written into a condition.</summary>
    public static string UsageOf(PolicyField field) => field.Type switch
    {
        FieldType.Path => "`==`, `!=`, `in` or a function such as `.startsWith(…)`",
        FieldType.Number => "`==`, `!=`, `<`, `<=`, `>`, `>=` or `in`",
        FieldType.Flag => "`== true` or `== false`",
        FieldType.Words or FieldType.Texts => "`\"…\" in`",
        _ => "`==`, `!=` or `in`",
    };

    /// <summary>What to write instead of a field that does not exist: the nearest one, or those of the same beginning.</summary>
    public static string FieldSuggestion(string name)
    {
        var prefix = PrefixOf(name);
        var related = FieldCatalog.All.Select(f => f.Name)
            .Where(f => string.Equals(PrefixOf(f), prefix, StringComparison.Ordinal)).ToList();
        if (related.Count == 0)
        {
            return Spelling.DidYouMean(name, FieldCatalog.All.Select(f => f.Name))
                ?? "fields begin with " + string.Join(", ", Prefixes.Select(p => $"{p}."));
        }

        var dot = name.LastIndexOf('.');
        if (dot > 0 && PatternOf(name[(dot + 1)..]) is not null && Find(name[..dot]) is not null)
        {
            return $"write {name}(\"…\")";
        }

        // The beginning is right, so that only the rest says how near a field is.
        var rest = name.Length > prefix.Length ? name[(prefix.Length + 1)..] : "";
        return Spelling.Nearest(rest, related.Select(f => f[(prefix.Length + 1)..])) is { } nearest
            ? $"did you mean `{prefix}.{nearest}`?"
            : Spelling.OneOf(related);
    }

    private static string PrefixOf(string name) => name.Split('.', 2)[0];
}
