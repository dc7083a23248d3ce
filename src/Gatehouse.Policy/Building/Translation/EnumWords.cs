namespace Gatehouse.Policy;

/// <summary>
/// From <see cref="OpenRight.WriteMemory"/> to <c>write-memory</c>: members are called as the words are, in Pascal case
/// and without <c>CAP_</c>; a test sees to it that each has the other.
/// </summary>
internal static class EnumWords
{
    private const string CapabilityPrefix = "CAP_";

    /// <summary>The word of a value, or null if there is none.</summary>
    public static string? WordOf(PolicyField field, Type enumType, object value)
    {
        // What the compiler compares is the number; it may come in any width.
        var name = Enum.GetName(enumType, Enum.ToObject(enumType, value));
        return field.Words.Select(w => w.Word).FirstOrDefault(w => string.Equals(PascalCase(w), name, StringComparison.Ordinal));
    }

    public static string PascalCase(string word)
    {
        var text = word.StartsWith(CapabilityPrefix, StringComparison.Ordinal) ? word[CapabilityPrefix.Length..] : word;
        return string.Concat(text.Split('-', '_').Select(p => char.ToUpperInvariant(p[0]) + p[1..].ToLowerInvariant()));
    }
}
