using System.Net.Sockets;
using System.Text.Json;
using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Questions;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Questions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Agent.Control;

/// <summary>The questions of a client, a line each, until it hangs up, is put out, or the agent ends.</summary>
internal sealed class QuestionEndpoint(QuestionService questions, ClientAdmission admission, IHostApplicationLifetime lifetime)
{
    public async Task ReadAsync(HttpContext context)
    {
        var (query, problem) = ClientQuery.Parse(context.Request.Query);
        if (query is null)
        {
            await Answers.ProblemAsync(context, StatusCodes.Status400BadRequest, "bad-query", "Bad query", problem);
            return;
        }

        if (WhyNot(context, query.Client) is { } refusal)
        {
            await Answers.ProblemAsync(context, StatusCodes.Status403Forbidden, "not-permitted", "Not permitted", refusal);
            return;
        }

        var process = ProcessOf(context);
        if (questions.Desk.Connect(new ClientOptions(query.Client, query.Deadline, query.WantsSha256, process)) is not { } client)
        {
            process.Dispose();
            await Answers.ProblemAsync(
                context,
                StatusCodes.Status409Conflict,
                "client-connected",
                "Client connected",
                $"\"{query.Client}\" has a connection already, and there is one for each client (or the agent is about to end)");
            return;
        }

        try
        {
            await WriteAsync(context, client);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client hung up.
        }
        finally
        {
            questions.Desk.Disconnect(client);
        }
    }

    private string? WhyNot(HttpContext context, string name)
    {
        var admitted = admission.Admit(context.Features.Get<IConnectionSocketFeature>()?.Socket, name);
        return admitted.Refusal
            ?? (admitted.Client is { Definition.MayAsk: false } ? $"\"{name}\" is registered without mayAsk" : null);
    }

    private static ClientProcess ProcessOf(HttpContext context)
    {
        try
        {
            return ClientProcess.Find(
                context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket ? PeerCredentials.Read(socket).Pid : 0);
        }
        catch (SocketException)
        {
            return ClientProcess.Find(0);
        }
    }

    private async Task WriteAsync(HttpContext context, QuestionClient client)
    {
        context.Response.ContentType = GatehouseDefaults.EventStreamMediaType;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.StartAsync(context.RequestAborted);
        while (await WaitAsync(client, context.RequestAborted) is { } more)
        {
            if (more)
            {
                while (client.Lines.TryRead(out var line))
                {
                    Write(context, line);
                }
            }
            else
            {
                Write(context, new HeartbeatLine());
            }

            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    /// <returns>Whether there are lines, or nothing for so long that the client wants a sign of life; null at the end.</returns>
    private async Task<bool?> WaitAsync(QuestionClient client, CancellationToken cancellationToken)
    {
        using var quiet = new CancellationTokenSource(questions.Limits.Heartbeat, questions.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, quiet.Token, lifetime.ApplicationStopping);
        try
        {
            return await client.Lines.WaitToReadAsync(either.Token) ? true : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            if (!lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return false;
            }

            // The last lines of all clients, this one's too.
            questions.Desk.Stop();
            return client.Lines.TryPeek(out _) ? true : null;
        }
    }

    private static void Write(HttpContext context, QuestionStreamLine line)
    {
        var writer = context.Response.BodyWriter;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(line, GatehouseJson.Default.QuestionStreamLine);
        bytes.CopyTo(writer.GetSpan(bytes.Length + 1));
        writer.GetSpan(bytes.Length + 1)[bytes.Length] = (byte)'\n';
        writer.Advance(bytes.Length + 1);
    }
}
