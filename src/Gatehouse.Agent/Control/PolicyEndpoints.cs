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
    public static Task AnswerAsync(HttpContext context, ChangeOutcome outcome, string? name) => outcome is ChangeOutcome.Applied applied
        ? Answers.WriteAsync(context, applied.Result, GatehouseJson.Default.ApplyPoliciesResult)
        : Answers.ProblemAsync(context, PolicyProblems.Of(outcome, name)!);

    private static Task NoSuchPolicyAsync(HttpContext context, string name) => Answers.ProblemAsync(context, PolicyProblems.NoSuchPolicy(name));
}
