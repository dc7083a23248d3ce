namespace Gatehouse.Policy;

/// <summary>How a case ended.</summary>
/// <param name="Case">The case.</param>
/// <param name="Actual">How it ended.</param>
/// <param name="Rule">The rule that decided, or reported if the verdict is an audit; null if none did.</param>
/// <param name="Disagreement">
/// Set if the vectors, which the kernel side decides by, say something else than the conditions. That is a fault of the
/// compiler and not of the policy; the case has then failed.
/// </param>
public sealed record PolicyCaseResult(PolicyCase Case, CaseVerdict Actual, string? Rule, string? Disagreement)
{
    /// <summary>Whether it ended as expected.</summary>
    public bool Passed => Disagreement is null
        && Actual == Case.Expected
        && (Case.Rule is null || string.Equals(Case.Rule, Rule, StringComparison.Ordinal));
}
