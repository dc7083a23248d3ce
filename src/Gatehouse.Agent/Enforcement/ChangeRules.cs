using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Enforcement;

/// <summary>Under which conditions a change of the policies is made.</summary>
/// <param name="ReplacesAll">Whether it says all that shall be in force, so that what is in force need not be known.</param>
/// <param name="IsTrial">Whether it is undone unless confirmed.</param>
internal sealed record ChangeRules(bool ReplacesAll, bool IsTrial = false)
{
    /// <summary>From what is in force and what would be to findings; one refuses the change.</summary>
    public Func<PolicySet?, PolicySet, IReadOnlyList<PolicyDiagnostic>>? Check { get; init; }
}
