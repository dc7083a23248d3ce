using Gatehouse.Agent.Questions;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Questions;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Answers to questions, and taking them back.</summary>
internal sealed class AnswerEndpoints(QuestionService questions)
{
    public async Task AnswerAsync(HttpContext context)
    {
        var request = await PolicyRequest.ReadAsync(context, GatehouseJson.Default.AnswerRequest, ProblemOf);
        if (request is null)
        {
            return;
        }

        var (outcome, after) = questions.Desk.Take(request.Question, request.Token, request.Verdict, request.Reason);
        await (outcome switch
        {
            AnswerOutcome.InTime => Answers.WriteAsync(
                context, new AnswerReceipt(request.Question, Math.Round(after.TotalMilliseconds, 3)), GatehouseJson.Default.AnswerReceipt),
            AnswerOutcome.Late => ConflictAsync(
                context, "too-late", "Too late", "its time is over; the file is asked about again when it is opened the next time"),
            AnswerOutcome.AlreadyAnswered => ConflictAsync(context, "already-answered", "Already answered", "the first answer counts"),
            AnswerOutcome.WrongToken => Answers.ProblemAsync(
                context,
                StatusCodes.Status403Forbidden,
                "wrong-token",
                "Wrong token",
                "an answer shows the token of its question; this is another's"),
            _ => Answers.ProblemAsync(
                context,
                StatusCodes.Status404NotFound,
                "no-such-question",
                "No such question",
                $"question {request.Question} was not asked by this run of the agent, or is long over"),
        });
    }

    public Task ForgetAsync(HttpContext context)
    {
        var (name, problem) = ClientQuery.Name(context.Request.Query, ["client"]);
        if (name is null)
        {
            return Answers.ProblemAsync(context, StatusCodes.Status400BadRequest, "bad-query", "Bad query", problem);
        }

        try
        {
            return questions.Forget(name)
                ? Answers.WriteAsync(context, new ForgottenAnswers(name), GatehouseJson.Default.ForgottenAnswers)
                : Answers.ProblemAsync(
                    context, StatusCodes.Status404NotFound, "no-such-client", "No such client", $"no policy has asked a client called \"{name}\"");
        }
        catch (KernelGateException e)
        {
            return Answers.ProblemAsync(
                context, StatusCodes.Status500InternalServerError, "kernel-refused", "The kernel side refused", e.Message + "; the answers go on to count");
        }
    }

    private static Task ConflictAsync(HttpContext context, string kind, string title, string detail) =>
        Answers.ProblemAsync(context, StatusCodes.Status409Conflict, kind, title, detail);

    private static string? ProblemOf(AnswerRequest request) =>
        request.Reason?.Length > AnswerRequest.LongestReason ? $"\"reason\" has at most {AnswerRequest.LongestReason} characters"
        : Enum.IsDefined(request.Verdict) ? null
        : "\"verdict\" is \"allow\" or \"deny\"";
}
