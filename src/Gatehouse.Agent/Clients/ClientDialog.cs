using System.Text.Json;
using Gatehouse.Agent.Control;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Kernel.Clients;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Json;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Clients;

/// <summary>What a client and the agent say to each other: a greeting, then requests and their answers, until one of them ends it.</summary>
internal sealed class ClientDialog(
    ClientSessions sessions, ClientStreams streams, Enforcer enforcer, Func<ClientList> list, ClientRun run, TimeProvider time, ILogger<ClientDialog> logger)
{
    /// <summary>Who connects and says nothing is not waited for.</summary>
    internal static readonly TimeSpan GreetingWithin = TimeSpan.FromSeconds(5);

    internal const int LargestGreeting = 1024 * 1024;

    /// <summary>Serves a connection to its end.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">The client does not speak the protocol.</exception>
    public async Task RunAsync(Stream stream, PeerProcess peer, CancellationToken cancellationToken)
    {
        using var early = new CancellationTokenSource(GreetingWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(early.Token, cancellationToken);
        var first = await ReadAsync(stream, LargestGreeting, either.Token);
        if (first is SubscribeRequest subscribe)
        {
            await streams.RunAsync(stream, peer, subscribe, cancellationToken);
            return;
        }

        if (first is not HelloRequest hello)
        {
            throw new InvalidDataException("the first request is no greeting");
        }

        var (session, partly, refusal) = sessions.Begin(hello, peer);
        if (session is null)
        {
            logger.LogWarning("Process {Pid} of user {Uid} is not let in as client {Name}: {Reason}.", peer.Id, peer.Uid, hello.Name, refusal!.Detail);
            await AnswerAsync(stream, refusal, cancellationToken);
            return;
        }

        logger.LogInformation("Client {Name} (process {Pid}, user {Uid}) is connected at altitude {Altitude}.", session.Name, session.Pid, session.Uid, session.Altitude);
        var atEnd = session.PoliciesAtEnd;
        try
        {
            await AnswerAsync(stream, new WelcomeAnswer(run.Welcome(session, partly)), cancellationToken);
            while (await ReadAsync(stream, ClientFrame.LargestContent, cancellationToken) is { } request)
            {
                var answer = await AnswerToAsync(session, request, cancellationToken);
                atEnd = request is LeaveRequest { PoliciesAtEnd: { } chosen } ? chosen : atEnd;
                await AnswerAsync(stream, answer, cancellationToken);
                if (request is LeaveRequest)
                {
                    return;
                }
            }
        }
        finally
        {
            // The agent's own end is nobody's leaving: the next agent finds the policies as they are.
            if (!cancellationToken.IsCancellationRequested)
            {
                await LeaveAsync(session, atEnd);
            }

            // Last: who comes back under this name must not have its new policies taken away.
            sessions.End(session);
        }
    }

    internal static async Task<ClientRequest?> ReadAsync(Stream stream, int largest, CancellationToken cancellationToken)
    {
        if (await ClientFrame.ReadAsync(stream, largest, cancellationToken) is not { } frame)
        {
            return null;
        }

        try
        {
            return (frame.Kind == ClientFrameKind.Request ? JsonSerializer.Deserialize(frame.Content.Span, GatehouseJson.Default.ClientRequest) : null)
                ?? throw new InvalidDataException("this is no request");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new InvalidDataException("the request is not understood: " + e.Message, e);
        }
    }

    internal static async Task AnswerAsync(Stream stream, ClientAnswer answer, CancellationToken cancellationToken) => await ClientFrame.WriteAsync(
        stream, ClientFrameKind.Answer, JsonSerializer.SerializeToUtf8Bytes(answer, GatehouseJson.Default.ClientAnswer), cancellationToken);

    private static ClientAnswer AnswerOf(ChangeOutcome outcome, string? name) => outcome is ChangeOutcome.Applied applied
        ? new AppliedAnswer(applied.Result)
        : new ProblemAnswer(PolicyProblems.Of(outcome, name)!);

    private async Task<ClientAnswer> AnswerToAsync(ClientSession session, ClientRequest request, CancellationToken cancellationToken)
    {
        switch (request)
        {
            case ApplyRequest apply:
                if (PolicyRequest.ProblemOf(apply.Files, replaceAll: false) is { } malformed)
                {
                    throw new InvalidDataException(malformed);
                }

                return AnswerOf(
                    await enforcer.ApplyAsync(apply.Files, (before, next) => ClientPolicyCheck.Check(session, apply.Files, before, next), cancellationToken), name: null);
            case RemoveRequest remove:
                return AnswerOf(await enforcer.RemoveOfAsync(session.Name, remove.Name, cancellationToken), remove.Name);
            case ListRequest:
                return new ListAnswer(list());
            case LeaveRequest:
                return new DoneAnswer();
            default:
                throw new InvalidDataException("a session begins once");
        }
    }

    private async Task LeaveAsync(ClientSession session, PoliciesAtEnd atEnd)
    {
        logger.LogInformation("Client {Name} has left.", session.Name);
        if (atEnd == PoliciesAtEnd.Keep)
        {
            return;
        }

        var outcome = await enforcer.RemoveOfAsync(session.Name, name: null, CancellationToken.None);
        if (outcome is not (ChangeOutcome.Applied or ChangeOutcome.NoSuchPolicy))
        {
            // Closed: what it asked for goes on being refused.
            logger.LogWarning(
                "The policies of client {Name}, which has left, stay in force: {Reason}.", session.Name, PolicyProblems.Of(outcome, name: null)?.Detail);
        }
    }
}
