namespace Gatehouse.Policy;

/// <summary>Names of policies, clients and rules, and of sets.</summary>
internal static class NameReader
{
    private const int LongestName = 63;

    /// <summary>The name, or null if it was reported.</summary>
    public static string? Name(SchemaContext context, YamlScalar? scalar)
    {
        if (scalar is null)
        {
            return null;
        }

        var name = scalar.Value;
        if (name.Length is > 0 and <= LongestName && IsLetterOrDigit(name[0])
            && name.All(c => IsLetterOrDigit(c) || c is '.' or '-'))
        {
            return name;
        }

        context.Report(
            DiagnosticCatalog.InvalidName,
            scalar,
            $"\"{Excerpt.Of(name)}\" is not a name: 1 to {LongestName} lower-case letters, digits, dots and hyphens, beginning with a letter or digit.",
            Repaired(name));
        return null;
    }

    public static string? SetName(SchemaContext context, YamlScalar scalar)
    {
        var name = scalar.Value;
        var isIdentifier = name.Length is > 0 and <= LongestName && (char.IsAsciiLetter(name[0]) || name[0] == '_')
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        if (isIdentifier && !ExpressionWords.Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return name;
        }

        context.Report(
            DiagnosticCatalog.InvalidSetName,
            scalar,
            isIdentifier
                ? $"\"{name}\" cannot name a set: conditions read it as something else."
                : $"\"{Excerpt.Of(name)}\" cannot name a set: 1 to {LongestName} letters, digits and underscores, not beginning with a digit.");
        return null;
    }

    private static string? Repaired(string name)
    {
        var repaired = string.Concat(name.Trim().ToLowerInvariant().Select(c => c is '_' or ' ' or '/' ? '-' : c))
            .Trim('-', '.');
        return repaired.Length is > 0 and <= LongestName && repaired.All(c => IsLetterOrDigit(c) || c is '.' or '-')
            ? $"did you mean `{repaired}`?"
            : null;
    }

    private static bool IsLetterOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
