namespace Gatehouse.Policy;

/// <summary>Regular expressions of the schema: ECMA-262 and .NET read them alike.</summary>
internal static class SchemaPatterns
{
    /// <summary>The end of the text. To .NET, <c>$</c> alone is also the place before a last line end.</summary>
    private const string End = "$(?!\\n)";

    /// <summary>Names of policies, clients and rules.</summary>
    public static string Name { get; } = $"^[a-z0-9][a-z0-9.-]{{0,{DocumentKeys.LongestName - 1}}}{End}";

    /// <summary>Names of protections, after which rules are called.</summary>
    public static string ProtectionName { get; } = $"^[a-z0-9][a-z0-9.-]{{0,{ProtectionReader.LongestName - 1}}}{End}";

    /// <summary>An ATT&amp;CK technique, or a sub-technique.</summary>
    public static string Tag { get; } = "^T[0-9]{4}(\\.[0-9]{3})?" + End;

    /// <summary>Names of sets: identifiers that no condition reads as something else.</summary>
    public static string SetName { get; } =
        $"^(?!({string.Join('|', DocumentKeys.ReservedWords.Select(AnyCase))})$)[A-Za-z_][A-Za-z0-9_]{{0,{DocumentKeys.LongestName - 1}}}{End}";

    private static string AnyCase(string word) =>
        string.Concat(word.Select(c => $"[{char.ToLowerInvariant(c)}{char.ToUpperInvariant(c)}]"));
}
