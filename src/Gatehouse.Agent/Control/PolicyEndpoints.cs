using System.Text.Json;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Agent.Control;

/// <summary>Listing, applying and removing policies.</summary>
internal sealed class PolicyEndpoints(Enforcer enforcer)
{
    // A name is whatever the client calls the file; the longest path of Linux is long enough.
    private const int LongestFileName = 4096;

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
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            await Answers.ProblemAsync(
                context, StatusCodes.Status415UnsupportedMediaType, "not-json", "Not JSON", "send Content-Type: application/json");
            return;
        }

        var (request, problem) = await ReadAsync(context);
        if (request is null)
        {
            await Answers.ProblemAsync(context, StatusCodes.Status400BadRequest, "malformed", "Malformed request", problem);
            return;
        }

        await AnswerAsync(context, await enforcer.ApplyAsync(request.Files, request.ReplaceAll, context.RequestAborted), name: null);
    }

    public async Task RemoveAsync(HttpContext context)
    {
        var name = Name(context);
        await AnswerAsync(context, await enforcer.RemoveAsync(name, context.RequestAborted), name);
    }

    private static string Name(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.Ordinal);

    private static async Task<(ApplyPoliciesRequest? Request, string? Problem)> ReadAsync(HttpContext context)
    {
        ApplyPoliciesRequest? request;
        try
        {
            request = JsonSerializer.Deserialize(
                await RequestBody.ReadAsync(context.Request, context.RequestAborted), GatehouseJson.Default.ApplyPoliciesRequest);
        }
        catch (JsonException e)
        {
            return (null, e.Message);
        }

        // The list's elements are beyond what the serializer checks.
        if (request is null || request.Files.Any(static f => f is null))
        {
            return (null, "null is not a policy file");
        }

        if (request.Files.Count == 0 && !request.ReplaceAll)
        {
            return (null, "there is no file in \"files\" (with \"replaceAll\": true this would remove every policy)");
        }

        return request.Files.Any(static f => f.Name.Length is 0 or > LongestFileName)
            ? (null, $"a file's name has 1 to {LongestFileName} characters")
            : (request, null);
    }

    private static Task AnswerAsync(HttpContext context, ChangeOutcome outcome, string? name) => outcome switch
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
