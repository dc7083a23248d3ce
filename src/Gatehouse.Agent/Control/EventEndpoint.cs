using System.Buffers;
using System.Globalization;
using Gatehouse.Agent.Events;
using Gatehouse.Sdk;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Agent.Control;

/// <summary>The event stream over HTTP: one JSON object a line, with or without an end.</summary>
internal sealed class EventEndpoint(EventStream stream, IHostApplicationLifetime lifetime)
{
    // As much as the server's pipe holds before it makes a writer wait.
    private const int FlushAfterBytes = 64 * 1024;

    public async Task ReadAsync(HttpContext context)
    {
        var (query, problem) = Parse(context.Request.Query);
        if (query is null)
        {
            await Answers.ProblemAsync(context, StatusCodes.Status400BadRequest, "bad-query", "Bad query", problem);
            return;
        }

        if (query.Since > stream.LastCursor)
        {
            await Answers.ProblemAsync(
                context,
                StatusCodes.Status409Conflict,
                "cursor-unknown",
                "Cursor unknown",
                $"the stream has come to {stream.LastCursor}: this cursor is of another run of the agent");
            return;
        }

        if (query.Follow)
        {
            await FollowAsync(context, query);
            return;
        }

        Begin(context);
        await WriteAsync(context, stream.Read(query.Since, query.Limit), context.RequestAborted);
    }

    private static (EventQuery? Query, string? Problem) Parse(IQueryCollection query)
    {
        var unknown = query.Keys.FirstOrDefault(static k => k is not ("follow" or "since" or "limit"));
        if (unknown is not null)
        {
            return (null, $"\"{unknown}\" is not one of follow, since, limit");
        }

        var follow = false;
        if (query.TryGetValue("follow", out var followText) && !bool.TryParse(followText, out follow))
        {
            return (null, "follow is true or false");
        }

        ulong? since = null;
        if (query.TryGetValue("since", out var sinceText))
        {
            if (!ulong.TryParse(sinceText, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == ulong.MaxValue)
            {
                return (null, "since is a cursor: a whole number from 0");
            }

            since = number;
        }

        int? limit = null;
        if (query.TryGetValue("limit", out var limitText))
        {
            if (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            {
                return (null, "limit is a whole number from 1");
            }

            limit = number;
        }

        return (new EventQuery { Follow = follow, Since = since, Limit = limit }, null);
    }

    private static void Begin(HttpContext context)
    {
        context.Response.ContentType = GatehouseDefaults.EventStreamMediaType;

        // A reader may be as slow as it likes: it is told what it loses, and holds no more than its own queue.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private static async Task WriteAsync(HttpContext context, IEnumerable<StreamEntry> entries, CancellationToken cancellationToken)
    {
        var writer = context.Response.BodyWriter;
        foreach (var entry in entries)
        {
            writer.Write(entry.Line.Span);
            if (writer.UnflushedBytes > FlushAfterBytes)
            {
                await writer.FlushAsync(cancellationToken);
            }
        }

        await writer.FlushAsync(cancellationToken);
    }

    private async Task FollowAsync(HttpContext context, EventQuery query)
    {
        using var subscriber = stream.Subscribe(query.Since);
        if (subscriber is null)
        {
            await Answers.ProblemAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                "too-many-subscribers",
                "Too many subscribers",
                "as many readers as are allowed follow the stream already");
            return;
        }

        Begin(context);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            // The header tells the reader that it is subscribed: what happens from here on, it gets.
            await context.Response.StartAsync(ending.Token);
            await context.Response.BodyWriter.FlushAsync(ending.Token);
            var left = query.Limit ?? int.MaxValue;
            while (left > 0)
            {
                var batch = await subscriber.TakeAsync(ending.Token);
                await WriteAsync(context, batch.Take(left), ending.Token);
                left -= query.Limit is null ? 0 : Math.Min(left, batch.Count);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader hung up, or the agent stops: the stream ends between two lines.
        }
    }
}
