using System.Globalization;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>What a change of policies is answered with that was not made.</summary>
internal static class PolicyProblems
{
    /// <returns>Null if it was made.</returns>
    /// <param name="outcome">What became of it.</param>
    /// <param name="name">The policy that was named, if one was.</param>
    public static ProblemDocument? Of(ChangeOutcome outcome, string? name) => outcome switch
    {
        ChangeOutcome.Applied => null,
        ChangeOutcome.Refused refused => Problem(
            StatusCodes.Status422UnprocessableEntity,
            "policy-refused",
            "Policies refused",
            "nothing was loaded; what was in force still is",
            refused.Diagnostics),
        ChangeOutcome.NoSuchPolicy => NoSuchPolicy(name ?? ""),
        ChangeOutcome.UnknownCurrent => Problem(
            StatusCodes.Status409Conflict,
            "policies-unknown",
            "Policies in force are not known",
            "the saved policies could not be read, so nothing can be added or removed; replace all policies instead"),
        ChangeOutcome.TrialRuns runs => Problem(
            StatusCodes.Status409Conflict,
            "trial-runs",
            "Policies are tried",
            string.Create(
                CultureInfo.InvariantCulture,
                $"a trial has {runs.RemainingSeconds:0} s left; confirm it or end it (`gatehouse policy confirm`, with --revert to go back), or wait")),
        ChangeOutcome.Sealed => Problem(
            StatusCodes.Status403Forbidden,
            "sealed",
            "The host is sealed",
            "policies cannot be changed before the next boot, except with the owner's ticket for it"),
        ChangeOutcome.CannotSave cannot => Problem(
            StatusCodes.Status500InternalServerError,
            "not-saved",
            "The policies in force cannot be saved",
            cannot.Reason + "; an agent that crashed during a trial could not go back, so nothing is tried"),
        ChangeOutcome.KernelRefused refused => Problem(
            StatusCodes.Status500InternalServerError,
            "kernel-refused",
            "The kernel side refused the policies",
            refused.Reason + "; what was in force still is"),
        _ => throw new InvalidOperationException($"unexpected outcome {outcome.GetType().Name}"),
    };

    public static ProblemDocument NoSuchPolicy(string name) => Problem(
        StatusCodes.Status404NotFound, "no-such-policy", "No such policy", $"no policy in force is called \"{name}\"");

    private static ProblemDocument Problem(int status, string kind, string title, string detail, IReadOnlyList<PolicyDiagnostic>? diagnostics = null) => new()
    {
        Type = "urn:gatehouse:problem:" + kind,
        Title = title,
        Status = status,
        Detail = detail,
        Diagnostics = diagnostics,
    };
}
