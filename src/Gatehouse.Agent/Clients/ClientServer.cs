using System.Net.Sockets;
using Gatehouse.Kernel.Clients;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Clients;

/// <summary>
/// The client socket. Each connection is served by itself: one that is slow, silent or speaks nonsense is ended, and no other notices.
/// </summary>
internal sealed class ClientServer(ClientSocket socket, ClientAdmission admission, ClientDialog dialog, ILogger<ClientServer> logger) : IAsyncDisposable
{
    private const int MostConnections = 256;

    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _serving = [];
    private Task _accepting = Task.CompletedTask;

    /// <exception cref="Control.ControlSocketException">The socket cannot be made.</exception>
    public void Start()
    {
        var listener = socket.Bind();
        _accepting = Task.Run(() => AcceptAsync(listener), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _accepting;
        Task[] serving;
        lock (_lock)
        {
            serving = [.. _serving];
        }

        await Task.WhenAll(serving);
        _ending.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        using var owned = listener;
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                Begin(await listener.AcceptAsync(_ending.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of descriptors, or the peer is gone already: others can still come.
                logger.LogWarning(e, "A connection to the client socket could not be taken.");
                await Task.Delay(TimeSpan.FromMilliseconds(100), _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Begin(Socket connection)
    {
        lock (_lock)
        {
            if (_serving.Count >= MostConnections)
            {
                // Closed: who floods the socket keeps others from connecting, not those who are connected.
                connection.Dispose();
                return;
            }

            var serving = Task.Run(() => ServeAsync(connection), CancellationToken.None);
            _serving.Add(serving);
            _ = serving.ContinueWith(
                done =>
                {
                    lock (_lock)
                    {
                        _serving.Remove(done);
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        var pid = 0;
        try
        {
            using var peer = PeerProcess.Of(connection);
            pid = peer.Id;
            if (admission.MayKnock(peer.Uid))
            {
                await dialog.RunAsync(stream, peer, _ending.Token);
            }
            else
            {
                logger.LogWarning("User {Uid} (process {Pid}) was refused at the client socket.", peer.Uid, peer.Id);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It is gone, was silent for too long, or the agent ends.
            logger.LogDebug(e, "The connection of process {Pid} has ended.", pid);
        }
        catch (InvalidDataException e)
        {
            logger.LogWarning("Process {Pid} is cut off at the client socket: {Reason}.", pid, e.Message);
        }
#pragma warning disable CA1031 // A fault in serving one client must not end the agent, nor the service of others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.LogError(e, "Serving process {Pid} failed; its connection is closed.", pid);
        }
    }
}
