using System.Globalization;
using Gatehouse.Agent.Events;
using Gatehouse.Kernel.Clients;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Clients.Wire;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Clients;

/// <summary>The event streams of clients: each a connection of its own that joins a session, so that answers do not stand behind events.</summary>
internal sealed class ClientStreams(
    ClientSessions sessions, EventStream events, EventPump pump, StreamClock clock, ClientRun run, TimeProvider time, ILogger<ClientStreams> logger)
{
    /// <summary>How long a reader that has all waits, once there is something new, for more to send with it.</summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan s_signOfLife = TimeSpan.FromSeconds(1);

    /// <summary>Serves a connection to its end.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">The client does not speak the protocol.</exception>
    public async Task RunAsync(Stream stream, PeerProcess peer, SubscribeRequest request, CancellationToken cancellationToken)
    {
        var (session, refusal) = Find(request, peer);
        if (session is null)
        {
            await ClientDialog.AnswerAsync(stream, refusal!, cancellationToken);
            return;
        }

        var log = events.OpenLog();
        var reader = Open(log, Matcher(request.Filter, session), request.Position);
        if (!session.TryJoin(reader))
        {
            await ClientDialog.AnswerAsync(
                stream,
                new RefusedAnswer(ClientRefusalReason.QuotaExceeded, string.Create(CultureInfo.InvariantCulture, $"the client has {session.MaxSubscriptions} event streams, its quota")),
                cancellationToken);
            return;
        }

        try
        {
            await ClientDialog.AnswerAsync(stream, new DoneAnswer(), cancellationToken);
            await ServeAsync(stream, session, reader, cancellationToken);
        }
        finally
        {
            session.Leave(reader);
        }
    }

    private static EventMatcher Matcher(EventFilter filter, ClientSession session) => filter.FindProblem() is { } problem
        ? throw new InvalidDataException(problem)
        : new EventMatcher(filter, session.Classes, session.Pid);

    private (ClientSession? Session, RefusedAnswer? Refusal) Find(SubscribeRequest request, PeerProcess peer)
    {
        var session = sessions.Find(request.Token);
        return session is null || session.Pid != peer.Id || session.Uid != peer.Uid
            ? (null, new RefusedAnswer(ClientRefusalReason.NotPermitted, "this process has no session of that token"))
            : (session, null);
    }

    private EventReader Open(EventLog log, EventMatcher matcher, StreamPosition? position)
    {
        var sameRun = position is not null && string.Equals(position.RunId, run.Id, StringComparison.Ordinal);
        var reader = new EventReader(log, clock, matcher, position is null ? null : sameRun ? position.Cursor : 0, position?.Number ?? 0);
        if (position is null)
        {
            return reader;
        }

        if (sameRun)
        {
            if (reader.FirstCursor > position.Cursor + 1)
            {
                reader.NoteLoss("history", "any", reader.FirstCursor - position.Cursor - 1);
            }
        }
        else if (!string.Equals(position.BootId, clock.BootId, StringComparison.Ordinal))
        {
            // Another boot: the kernel counts anew, and nobody knows how much there was.
            reader.NoteLoss("other-boot", "any", 1);
        }
        else
        {
            reader.Expect(position.KernelSequence);
        }

        return reader;
    }

    private async Task ServeAsync(Stream stream, ClientSession session, EventReader reader, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Ended);
        var barriers = new Barriers();
        var hearing = HearAsync(stream, session, reader, barriers, ending.Token);
        var sending = SendAsync(stream, reader, barriers, ending.Token);
        try
        {
            await await Task.WhenAny(hearing, sending);
        }
        finally
        {
            await ending.CancelAsync();
            reader.Wake();
            await Task.WhenAll(hearing, sending).ContinueWith(
                static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            logger.LogDebug("An event stream of client {Name} has ended: {Delivered} events, {Lost} lost.", session.Name, reader.Delivered, reader.Lost);
        }
    }

    /// <summary>Ends when the client hangs up.</summary>
    private async Task HearAsync(Stream stream, ClientSession session, EventReader reader, Barriers barriers, CancellationToken cancellationToken)
    {
        while (await ClientDialog.ReadAsync(stream, ClientDialog.LargestGreeting, cancellationToken) is { } request)
        {
            switch (request)
            {
                case FilterRequest filter:
                    reader.Matcher = Matcher(filter.Filter, session);
                    break;
                case BarrierRequest barrier:
                    // What the kernel has reported, and nobody has read yet, has happened before, too.
                    await pump.PassAsync(cancellationToken);
                    barriers.Add(barrier.Id, events.LastCursor);
                    reader.Wake();
                    break;
                default:
                    throw new InvalidDataException("an event stream takes filters and barriers only");
            }
        }
    }

    private async Task SendAsync(Stream stream, EventReader reader, Barriers barriers, CancellationToken cancellationToken)
    {
        var frame = new byte[ClientFrame.HeaderBytes + EventLayout.LargestBatch];
        var told = reader.LookedSequence;
        var lifeAt = time.GetTimestamp();
        await using var life = time.CreateTimer(static r => ((EventReader)r!).Wake(), reader, s_signOfLife, s_signOfLife);
        while (!cancellationToken.IsCancellationRequested)
        {
            var end = events.LastCursor;
            var length = reader.Fill(frame.AsSpan(ClientFrame.HeaderBytes));
            var isLife = length == 0 && told != reader.LookedSequence && time.GetElapsedTime(lifeAt) >= s_signOfLife;
            if (isLife)
            {
                length = reader.FillEmpty(frame.AsSpan(ClientFrame.HeaderBytes));
            }

            if (length > 0)
            {
                (told, lifeAt) = (reader.LookedSequence, time.GetTimestamp());
                ClientFrame.WriteHeader(frame, ClientFrameKind.Events, length);
                await stream.WriteAsync(frame.AsMemory(0, ClientFrame.HeaderBytes + length), cancellationToken);
            }

            await barriers.TellAsync(stream, length == 0 || isLife ? end : reader.Looked, cancellationToken);
            if (length == 0)
            {
                await reader.WaitAsync();
                await Task.Delay(s_linger, cancellationToken);
            }
        }
    }

    /// <summary>Barriers that are not told yet.</summary>
    private sealed class Barriers
    {
        private const int Most = 64;

        private readonly Lock _lock = new();
        private readonly Queue<(ulong Id, ulong Cursor)> _waiting = new();

        public void Add(ulong id, ulong cursor)
        {
            lock (_lock)
            {
                if (_waiting.Count >= Most)
                {
                    throw new InvalidDataException("more barriers than are kept");
                }

                _waiting.Enqueue((id, cursor));
            }
        }

        public async ValueTask TellAsync(Stream stream, ulong cursor, CancellationToken cancellationToken)
        {
            while (Take(cursor) is { } id)
            {
                await ClientFrame.WriteAsync(stream, ClientFrameKind.Barrier, BitConverter.GetBytes(id), cancellationToken);
            }
        }

        private ulong? Take(ulong cursor)
        {
            lock (_lock)
            {
                return _waiting.TryPeek(out var first) && first.Cursor <= cursor ? _waiting.Dequeue().Id : null;
            }
        }
    }
}
