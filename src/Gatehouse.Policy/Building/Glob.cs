namespace Gatehouse.Policy;

/// <summary>Patterns for paths and texts in rules that are written in C#.</summary>
public static class Glob
{
    /// <summary>
    /// Whether the whole text fits a pattern: <c>?</c> is one character and <c>*</c> any number of them, none of them a
    /// slash; <c>**</c> is any number of any; <c>\</c> takes the next character as it is. Only for use inside a rule.
    /// </summary>
    /// <param name="text">A path of the operation, or an argument inside <c>Any</c>.</param>
    /// <param name="pattern">The pattern; known when the policy is built.</param>
    /// <exception cref="InvalidOperationException">Always: a rule is read, not run.</exception>
    public static bool Matches(string text, string pattern) =>
        throw new InvalidOperationException("Glob.Matches has a meaning only inside a rule, for a field of the operation.");
}
