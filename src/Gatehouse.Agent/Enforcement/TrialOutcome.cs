using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Enforcement;

/// <summary>How the end of a trial went.</summary>
internal abstract record TrialOutcome
{
    /// <summary>The trial is over as was asked; this is what it was.</summary>
    public sealed record Done(TrialStatus Trial) : TrialOutcome;

    /// <summary>No policies are tried; nothing has changed.</summary>
    public sealed record NoTrial : TrialOutcome;

    /// <summary>The kernel side could not go back, or what is kept could not be saved; the tried policies are in force.</summary>
    public sealed record Failed(string Reason) : TrialOutcome;
}
