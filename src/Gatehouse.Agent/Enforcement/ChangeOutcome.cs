using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Enforcement;

/// <summary>How a change of the policies ended.</summary>
internal abstract record ChangeOutcome
{
    /// <summary>The change is in force.</summary>
    public sealed record Applied(ApplyPoliciesResult Result) : ChangeOutcome;

    /// <summary>The policies have errors; nothing has changed.</summary>
    public sealed record Refused(IReadOnlyList<PolicyDiagnostic> Diagnostics) : ChangeOutcome;

    /// <summary>There is no policy of that name; nothing has changed.</summary>
    public sealed record NoSuchPolicy : ChangeOutcome;

    /// <summary>What is in force is not known, so nothing can be added to it or taken from it.</summary>
    public sealed record UnknownCurrent : ChangeOutcome;

    /// <summary>Policies are tried at this moment; nothing has changed.</summary>
    public sealed record TrialRuns(double RemainingSeconds) : ChangeOutcome;

    /// <summary>The host is sealed; nothing has changed.</summary>
    public sealed record Sealed : ChangeOutcome;

    /// <summary>The policies in force cannot be saved, so a crash during a trial could not go back; nothing has changed.</summary>
    public sealed record CannotSave(string Reason) : ChangeOutcome;

    /// <summary>The kernel side could not take the policies; what was in force still is.</summary>
    public sealed record KernelRefused(string Reason) : ChangeOutcome;
}
