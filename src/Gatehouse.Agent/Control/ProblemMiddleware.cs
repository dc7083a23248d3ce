using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Control;

/// <summary>Gives every failing answer a problem document, also those that routing and the server make.</summary>
internal sealed class ProblemMiddleware(ILogger<ProblemMiddleware> logger)
{
    public RequestDelegate Wrap(RequestDelegate next) => context => InvokeAsync(context, next);

    private async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e)
        {
            await DescribeAsync(context, e.StatusCode, e.Message);
            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // The last resort: a fault in one request must be answered and must not end the agent.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.LogError(e, "{Method} {Path} failed.", context.Request.Method, context.Request.Path);
            await DescribeAsync(context, StatusCodes.Status500InternalServerError, "the agent failed; its log says how");
            return;
        }

        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            await DescribeAsync(context, context.Response.StatusCode, detail: null);
        }
    }

    private static Task DescribeAsync(HttpContext context, int status, string? detail)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        var (kind, title, text) = status switch
        {
            StatusCodes.Status404NotFound =>
                ("no-such-resource", "No such resource", $"there is nothing at {context.Request.Path}"),
            StatusCodes.Status405MethodNotAllowed =>
                ("method-not-allowed", "Method not allowed",
                    $"{context.Request.Method} is not possible here; the Allow header names what is"),
            StatusCodes.Status413PayloadTooLarge =>
                ("too-large", "Request too large", $"a request may have {Sdk.GatehouseDefaults.MaximumRequestBytes} bytes"),
            StatusCodes.Status500InternalServerError => ("agent-failed", "The agent failed", detail),
            _ => ("bad-request", "Bad request", detail),
        };
        return Answers.ProblemAsync(context, status, kind, title, text);
    }
}
