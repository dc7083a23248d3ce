using System.Diagnostics;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Sdk.Clients;

/// <content>The session, and getting another one when the agent was restarted.</content>
public sealed partial class GatehouseClient
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(2);

    private static TaskCompletionSource<Session> NewSession() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task<Session> OpenAsync(GatehouseClientOptions options, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(options.ConnectTimeout);
        ClientConnection? connection = null;
        try
        {
            connection = await ClientConnection.OpenAsync(options.SocketPath, limited.Token).ConfigureAwait(false);
            var hello = new HelloRequest
            {
                Version = ClientFrame.Version,
                Name = options.Name,
                Altitude = options.Altitude,
                Classes = options.Classes,
                AcceptPartly = options.AcceptPartly,
                PoliciesAtEnd = options.PoliciesAtEnd,
            };
            var session = new Session(connection, Expect<WelcomeAnswer>(await connection.AskAsync(hello, limited.Token).ConfigureAwait(false)).Session);
            connection = null;
            return session;
        }
        catch (ConnectionEndedException e)
        {
            throw new AgentUnreachableException(options.SocketPath, "the agent closed the connection", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AgentUnreachableException(options.SocketPath, "no welcome in time", e);
        }
        finally
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The session of now, or the next one if there is none at this moment.</summary>
    private async Task<Session> SessionAsync(CancellationToken cancellationToken)
    {
        Task<Session> current;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            current = _session.Task;
        }

        return await current.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task KeepAsync(Session session)
    {
        while (true)
        {
            await Task.WhenAny(session.Connection.Ended, Task.Delay(Timeout.Infinite, _leaving.Token)).ConfigureAwait(false);
            if (_left || _leaving.IsCancellationRequested)
            {
                // The agent reads the end of the connection as leaving.
                End(null);
                session.Replaced.SetResult();
                await session.Connection.DisposeAsync().ConfigureAwait(false);
                return;
            }

            lock (_lock)
            {
                _session = NewSession();
            }

            session.Replaced.SetResult();
            Tell(ClientConnectionState.Reconnecting);
            await session.Connection.DisposeAsync().ConfigureAwait(false);
            if (await ReturnAsync().ConfigureAwait(false) is not { } next)
            {
                return;
            }

            session = next;
            Welcome = session.Welcome;
            lock (_lock)
            {
                _session.SetResult(session);
            }

            Tell(ClientConnectionState.Connected);
        }
    }

    /// <returns>Null if there is none to be had any more, and whoever waits has been told.</returns>
    private async Task<Session?> ReturnAsync()
    {
        var start = Stopwatch.GetTimestamp();
        var pause = s_firstPause;
        Exception failure = new AgentUnreachableException(Options.SocketPath, "the connection has ended");
        while (Stopwatch.GetElapsedTime(start) < Options.ReconnectFor)
        {
            try
            {
                return await OpenAsync(Options, _leaving.Token).ConfigureAwait(false);
            }
            catch (ClientRefusedException e) when (e.Reason is not (ClientRefusalReason.NameTaken or ClientRefusalReason.AltitudeTaken))
            {
                // The owner has changed something; asking again would not.
                End(e);
                return null;
            }
            catch (Exception e) when (e is AgentUnreachableException or ControlProtocolException or ClientRefusedException)
            {
                failure = e;
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await Task.Delay(pause, _leaving.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            if (_leaving.IsCancellationRequested)
            {
                break;
            }
        }

        End(_leaving.IsCancellationRequested ? null : failure);
        return null;
    }

    private void End(Exception? failure)
    {
        lock (_lock)
        {
            if (_session.Task.IsCompleted)
            {
                _session = NewSession();
            }

            _session.SetException(failure ?? new ObjectDisposedException(nameof(GatehouseClient)));
            _ = _session.Task.Exception; // whoever waits sees it; if nobody does, it is no fault
        }

        Tell(ClientConnectionState.Ended);
    }

    private void Tell(ClientConnectionState state)
    {
        State = state;
        if (StateChanged is { } changed)
        {
            // Not here: who blocks there would keep the session from being kept.
            _ = Task.Run(() => changed(state), CancellationToken.None);
        }
    }

    private sealed record Session(ClientConnection Connection, ClientWelcome Welcome)
    {
        /// <summary>Ends when it is not the session of now any more.</summary>
        public TaskCompletionSource Replaced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
