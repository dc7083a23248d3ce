using System.Globalization;
using Gatehouse.Agent.Selftests;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Selftests;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Beginning and ending a self-test.</summary>
internal sealed class SelftestEndpoints(SelftestKeeper selftests)
{
    public async Task BeginAsync(HttpContext context) => await AnswerAsync(context, await selftests.BeginAsync(context.RequestAborted));

    public async Task EndAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (query.Count != 1 || !query.TryGetValue("token", out var token) || token is not [{ Length: > 0 } text])
        {
            await Answers.ProblemAsync(
                context, StatusCodes.Status400BadRequest, "bad-query", "Bad query", "the token that the begin of the self-test answered, and nothing else");
            return;
        }

        await AnswerAsync(context, await selftests.EndAsync(text, context.RequestAborted));
    }

    private static Task AnswerAsync(HttpContext context, SelftestOutcome outcome) => outcome switch
    {
        SelftestOutcome.Begun begun => Answers.WriteAsync(context, begun.Stage, GatehouseJson.Default.SelftestStage),
        SelftestOutcome.Ended ended => Answers.WriteAsync(context, new SelftestEnd(ended.Generation), GatehouseJson.Default.SelftestEnd),
        SelftestOutcome.Runs runs => Answers.ProblemAsync(
            context,
            StatusCodes.Status409Conflict,
            "selftest-runs",
            "A self-test runs",
            string.Create(CultureInfo.InvariantCulture, $"one at a time; the other one has at most {runs.Remaining.TotalSeconds:0} s left")),
        SelftestOutcome.None => Answers.ProblemAsync(
            context,
            StatusCodes.Status409Conflict,
            "no-selftest",
            "No self-test runs",
            "there is none; if there was one, its time is over and the agent has taken it back"),
        SelftestOutcome.WrongToken => Answers.ProblemAsync(
            context, StatusCodes.Status403Forbidden, "wrong-token", "Wrong token", "who began the self-test ends it, by its token; else its time does"),
        SelftestOutcome.Failed failed => Answers.ProblemAsync(
            context, StatusCodes.Status500InternalServerError, "selftest-failed", "The self-test could not be begun or ended", failed.Reason),
        _ => throw new InvalidOperationException($"unexpected outcome {outcome.GetType().Name}"),
    };
}
