using System.Net.Sockets;
using System.Text.Json;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Sdk.Clients;

/// <summary>One connection to the client socket: requests and their answers, one after the other.</summary>
internal sealed class ClientConnection : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<ClientAnswer>? _waiting;
    private Task _reading = Task.CompletedTask;

    private ClientConnection(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    /// <summary>Ends when the connection has; never fails.</summary>
    public Task Ended => _ended.Task;

    /// <exception cref="AgentUnreachableException">Nobody listens, or this user may not connect.</exception>
    public static async Task<ClientConnection> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var connection = new ClientConnection(await ConnectAsync(path, cancellationToken).ConfigureAwait(false));
        connection._reading = Task.Run(connection.ReadAsync, CancellationToken.None);
        return connection;
    }

    /// <exception cref="AgentUnreachableException">Nobody listens, or this user may not connect.</exception>
    public static async Task<Socket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new AgentUnreachableException(path, e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "the socket is there, but nobody listens",
                SocketError.AccessDenied => "permission denied; is this client registered for this user?",
                SocketError.WouldBlock => "too many connect at this moment",
                SocketError.AddressNotAvailable => "no such socket; is gatehoused running?",
                _ => e.Message,
            }, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <exception cref="ConnectionEndedException">The connection ended before the request was sent: it can be made on another one.</exception>
    /// <exception cref="ControlProtocolException">The connection ended before the answer: what became of the request is not known.</exception>
    /// <exception cref="ControlProblemException">The agent answered with a problem.</exception>
    /// <exception cref="ClientRefusedException">The agent refused.</exception>
    public async Task<ClientAnswer> AskAsync(ClientRequest request, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var waiting = new TaskCompletionSource<ClientAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _waiting, waiting);
            if (_ended.Task.IsCompleted)
            {
                throw new ConnectionEndedException(null);
            }

            await SendAsync(request).ConfigureAwait(false);

            // Given up: the answer would be taken for that of the next request, so the connection ends with it.
            using var giveUp = cancellationToken.UnsafeRegister(static c => ((ClientConnection)c!)._closing.Cancel(), this);
            return await waiting.Task.ConfigureAwait(false) switch
            {
                RefusedAnswer refused => throw new ClientRefusedException(refused.Reason, refused.Detail, refused.Missing),
                ProblemAnswer problem => throw new ControlProblemException(problem.Problem),
                var answer => answer,
            };
        }
        catch (ControlProtocolException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
    }

    private static ControlProtocolException Broken(Exception? cause) =>
        new("the connection to the agent has ended; whether the last request was fulfilled is not known", cause);

    private async Task SendAsync(ClientRequest request)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(request, GatehouseJson.Default.ClientRequest);
        try
        {
            await ClientFrame.WriteAsync(_stream, ClientFrameKind.Request, content, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The frame is not whole at the other side, so it was not fulfilled.
            throw new ConnectionEndedException(e);
        }
    }

    private async Task ReadAsync()
    {
        Exception? failure = null;
        try
        {
            while (await ClientFrame.ReadAsync(_stream, ClientFrame.LargestContent, _closing.Token).ConfigureAwait(false) is { } frame)
            {
                var answer = frame.Kind == ClientFrameKind.Answer
                    ? JsonSerializer.Deserialize(frame.Content.Span, GatehouseJson.Default.ClientAnswer)
                    : null;
                if (answer is null || Volatile.Read(ref _waiting)?.TrySetResult(answer) != true)
                {
                    throw new InvalidDataException("the agent sent an answer that nobody asked for");
                }
            }
        }
        catch (Exception e) when (e is IOException or JsonException or NotSupportedException or InvalidDataException or OperationCanceledException or ObjectDisposedException)
        {
            failure = e;
        }

        // In this order: who asks from here on sees the end, who asked before is woken by it.
        _ended.SetResult();
        Volatile.Read(ref _waiting)?.TrySetException(Broken(failure));
        try
        {
            _stream.Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }
}
