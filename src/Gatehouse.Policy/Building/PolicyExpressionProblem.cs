using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>One thing in a policy written in C# that cannot be compiled.</summary>
/// <param name="Code">
/// Stable code: <c>GHX001</c> and so on for what is particular to C# (docs/guides/policies-in-csharp.md), and the codes of
/// docs/reference/diagnostics.md for everything that holds for policies in text as well.
/// </param>
/// <param name="Rule">The rule's name, or empty for the policy itself.</param>
/// <param name="Expression">The part of the rule that is meant, as C#; for a code of the text's, as a condition. Empty
/// if it is not about an expression.</param>
/// <param name="Message">One sentence for people; its wording may change between versions.</param>
/// <param name="Suggestion">What to write instead, or null if there is no good guess.</param>
/// <param name="File">Source file of the rule, as the compiler knew it, or empty.</param>
/// <param name="Line">Line in it, or 0.</param>
public sealed record PolicyExpressionProblem(
    string Code, string Rule, string Expression, string Message, string? Suggestion, string File, int Line)
{
    /// <summary><c>Rules.cs(12): error GHX001: rule "name": `expression`: message (suggestion)</c>.</summary>
    public override string ToString()
    {
        var place = File.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(File)}({Line}): ");
        var rule = Rule.Length == 0 ? "" : $"rule \"{Rule}\": ";
        var expression = Expression.Length == 0 ? "" : $"`{Expression}`: ";
        var suggestion = Suggestion is null ? "" : $" ({Suggestion})";
        return $"{place}error {Code}: {rule}{expression}{Message}{suggestion}";
    }
}
