using System.Globalization;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Policies;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Listing, applying and removing policies.</summary>
internal sealed class PolicyEndpoints(Enforcer enforcer)
{
    public Task ListAsync(HttpContext context) => Answers.WriteAsync(
        context,
        new PolicyList(enforcer.Gate.Generation, enforcer.Current?.Summaries() ?? []),
        GatehouseJson.Default.PolicyList);

    public Task ShowAsync(HttpContext context)
    {
        var name = Name(context);
        if (enforcer.Current is not { } current || current.Policies.FirstOrDefault(p => Same(p.Name, name)) is not { } policy)
        {
            return NoSuchPolicyAsync(context, name);
        }

        var summary = current.Summaries().First(s => Same(s.Name, name));
        return Answers.WriteAsync(context, new PolicyText(summary, policy.File.Text), GatehouseJson.Default.PolicyText);
    }

    public async Task ApplyAsync(HttpContext context)
    {
        var request = await PolicyRequest.ReadAsync(
            context, GatehouseJson.Default.ApplyPoliciesRequest, static r => PolicyRequest.ProblemOf(r.Files, r.ReplaceAll));
        if (request is not null)
        {
            await AnswerAsync(context, await enforcer.ApplyAsync(request.Files, request.ReplaceAll, context.RequestAborted), name: null);
        }
    }

    public async Task RemoveAsync(HttpContext context)
    {
        var name = Name(context);
        await AnswerAsync(context, await enforcer.RemoveAsync(name, context.RequestAborted), name);
    }

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);

    /// <summary>Answers with what became of a change.</summary>
    public static Task AnswerAsync(HttpContext context, ChangeOutcome outcome, string? name) => outcome switch
    {
        ChangeOutcome.Applied applied => Answers.WriteAsync(context, applied.Result, GatehouseJson.Default.ApplyPoliciesResult),
        ChangeOutcome.Refused refused => Answers.ProblemAsync(
            context,
            StatusCodes.Status422UnprocessableEntity,
            "policy-refused",
            "Policies refused",
            "nothing was loaded; what was in force still is",
            refused.Diagnostics),
        ChangeOutcome.NoSuchPolicy => NoSuchPolicyAsync(context, name ?? ""),
        ChangeOutcome.UnknownCurrent => Answers.ProblemAsync(
            context,
            StatusCodes.Status409Conflict,
            "policies-unknown",
            "Policies in force are not known",
            "the saved policies could not be read, so nothing can be added or removed; replace all policies instead"),
        ChangeOutcome.TrialRuns runs => Answers.ProblemAsync(
            context,
            StatusCodes.Status409Conflict,
            "trial-runs",
            "Policies are tried",
            string.Create(
                CultureInfo.InvariantCulture,
                $"a trial has {runs.RemainingSeconds:0} s left; confirm it or end it (`gatehouse policy confirm`, with --revert to go back), or wait")),
        ChangeOutcome.Sealed => Answers.ProblemAsync(
            context,
            StatusCodes.Status403Forbidden,
            "sealed",
            "The host is sealed",
            "policies cannot be changed before the next boot, except with the owner's ticket for it"),
        ChangeOutcome.CannotSave cannot => Answers.ProblemAsync(
            context,
            StatusCodes.Status500InternalServerError,
            "not-saved",
            "The policies in force cannot be saved",
            cannot.Reason + "; an agent that crashed during a trial could not go back, so nothing is tried"),
        ChangeOutcome.KernelRefused refused => Answers.ProblemAsync(
            context,
            StatusCodes.Status500InternalServerError,
            "kernel-refused",
            "The kernel side refused the policies",
            refused.Reason + "; what was in force still is"),
        _ => throw new InvalidOperationException($"unexpected outcome {outcome.GetType().Name}"),
    };

    private static Task NoSuchPolicyAsync(HttpContext context, string name) => Answers.ProblemAsync(
        context, StatusCodes.Status404NotFound, "no-such-policy", "No such policy", $"no policy in force is called \"{name}\"");
}
