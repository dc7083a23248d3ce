using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Problems;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Writes answers and problem documents.</summary>
internal static class Answers
{
    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        WriteAsync(context, StatusCodes.Status200OK, "application/json", value, type);

    /// <param name="context">The request.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="kind">Last part of the problem's type, which programs compare.</param>
    /// <param name="title">The kind of problem in words, the same for each of its kind.</param>
    /// <param name="detail">What is wrong with this request.</param>
    /// <param name="diagnostics">Findings in policies.</param>
    public static Task ProblemAsync(
        HttpContext context, int status, string kind, string title, string? detail, IReadOnlyList<PolicyDiagnostic>? diagnostics = null) =>
        WriteAsync(
            context,
            status,
            GatehouseDefaults.ProblemMediaType,
            new ProblemDocument
            {
                Type = "urn:gatehouse:problem:" + kind,
                Title = title,
                Status = status,
                Detail = detail,
                Diagnostics = diagnostics,
            },
            GatehouseJson.Default.ProblemDocument);

    /// <summary>Answers with a problem.</summary>
    public static Task ProblemAsync(HttpContext context, ProblemDocument problem) => WriteAsync(
        context, problem.Status, GatehouseDefaults.ProblemMediaType, problem, GatehouseJson.Default.ProblemDocument);

    private static Task WriteAsync<T>(HttpContext context, int status, string mediaType, T value, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
