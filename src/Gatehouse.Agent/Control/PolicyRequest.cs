using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Sdk.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Agent.Control;

/// <summary>Reads requests that carry policies, and answers those that are malformed.</summary>
internal static class PolicyRequest
{
    // A name is whatever the client calls the file; the longest path of Linux is long enough.
    private const int LongestFileName = 4096;

    /// <returns>The request, or null if it was answered with a problem.</returns>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, Func<T, string?> problemOf)
        where T : class
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var media)
            || !media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            await Answers.ProblemAsync(
                context, StatusCodes.Status415UnsupportedMediaType, "not-json", "Not JSON", "send Content-Type: application/json");
            return null;
        }

        T? request = null;
        string? problem;
        try
        {
            request = JsonSerializer.Deserialize(await RequestBody.ReadAsync(context.Request, context.RequestAborted), type);
            problem = request is null ? "null is not a request" : problemOf(request);
        }
        catch (JsonException e)
        {
            problem = e.Message;
        }

        if (problem is null)
        {
            return request;
        }

        await Answers.ProblemAsync(context, StatusCodes.Status400BadRequest, "malformed", "Malformed request", problem);
        return null;
    }

    /// <returns>What is wrong with the files, or null.</returns>
    public static string? ProblemOf(IReadOnlyList<PolicyFile> files, bool replaceAll)
    {
        // The list's elements are beyond what the serializer checks.
        if (files.Any(static f => f is null))
        {
            return "null is not a policy file";
        }

        if (files.Count == 0 && !replaceAll)
        {
            return "there is no file in \"files\" (with \"replaceAll\": true this would remove every policy)";
        }

        return files.Any(static f => f.Name.Length is 0 or > LongestFileName)
            ? $"a file's name has 1 to {LongestFileName} characters"
            : null;
    }
}
