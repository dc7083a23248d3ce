using System.Globalization;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Policies;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Trying policies for a time, keeping them, and going back.</summary>
internal sealed class TrialEndpoints(Enforcer enforcer)
{
    public async Task TryAsync(HttpContext context)
    {
        var request = await PolicyRequest.ReadAsync(context, GatehouseJson.Default.TryPoliciesRequest, ProblemOf);
        if (request is null)
        {
            return;
        }

        var (outcome, trial) = await enforcer.TryAsync(
            request.Files, TimeSpan.FromSeconds(request.Seconds), request.ReplaceAll, context.RequestAborted);
        if (outcome is ChangeOutcome.Applied applied && trial is not null)
        {
            await Answers.WriteAsync(context, new TryPoliciesResult(applied.Result, trial), GatehouseJson.Default.TryPoliciesResult);
            return;
        }

        await PolicyEndpoints.AnswerAsync(context, outcome, name: null);
    }

    public async Task ConfirmAsync(HttpContext context) =>
        await AnswerAsync(context, await enforcer.ConfirmTrialAsync(context.RequestAborted));

    public async Task EndAsync(HttpContext context) =>
        await AnswerAsync(context, await enforcer.EndTrialAsync("ended by its owner", context.RequestAborted));

    private static string? ProblemOf(TryPoliciesRequest request) =>
        request.Seconds is < TryPoliciesRequest.ShortestSeconds or > TryPoliciesRequest.LongestSeconds
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"\"seconds\" is a whole number from {TryPoliciesRequest.ShortestSeconds} to {TryPoliciesRequest.LongestSeconds}")
            : PolicyRequest.ProblemOf(request.Files, request.ReplaceAll);

    private static Task AnswerAsync(HttpContext context, TrialOutcome outcome) => outcome switch
    {
        TrialOutcome.Done done => Answers.WriteAsync(context, done.Trial, GatehouseJson.Default.TrialStatus),
        TrialOutcome.NoTrial => Answers.ProblemAsync(
            context,
            StatusCodes.Status409Conflict,
            "no-trial",
            "No policies are tried",
            "there is no trial; if there was one, its time is over and the policies before it are in force"),
        TrialOutcome.Failed failed => Answers.ProblemAsync(
            context, StatusCodes.Status500InternalServerError, "trial-not-ended", "The trial could not be ended", failed.Reason),
        _ => throw new InvalidOperationException($"unexpected outcome {outcome.GetType().Name}"),
    };
}
