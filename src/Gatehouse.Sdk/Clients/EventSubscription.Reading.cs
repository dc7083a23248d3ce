using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Sdk.Clients;

/// <content>The connection, and another one when the agent was restarted.</content>
public sealed partial class EventSubscription
{
    /// <summary>Waits for events.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing is lost.</param>
    /// <returns>Whether there are events; false: the subscription or its client was disposed.</returns>
    /// <exception cref="ClientRefusedException">After a restart of the agent the client or the subscription is not let in any more.</exception>
    /// <exception cref="AgentUnreachableException">No agent came back in time.</exception>
    /// <exception cref="InvalidDataException">The agent sent something that is no event. The subscription cannot be used further.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_start < _batchEnd || TakeBatch())
            {
                return true;
            }

            try
            {
                if (_isDisposed)
                {
                    return false;
                }

                if (_joined is not null && await ReceiveAsync(cancellationToken).ConfigureAwait(false))
                {
                    continue;
                }

                _joined?.Dispose();
                await JoinAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (_isDisposed && e is ObjectDisposedException or SocketException)
            {
                return false;
            }
            catch (ObjectDisposedException)
            {
                // The client has left.
                return false;
            }
        }
    }

    /// <summary>Joins the session of now; waits for one if there is none.</summary>
    internal async Task JoinAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var welcome = await _client.WelcomeAsync(cancellationToken).ConfigureAwait(false);
            Joined? joined = null;
            try
            {
                joined = new Joined(await ClientConnection.ConnectAsync(_client.Options.SocketPath, cancellationToken).ConfigureAwait(false));
                await joined.SendAsync(new SubscribeRequest(welcome.Token, _filter, Position())).ConfigureAwait(false);
                await joined.ReadAnswerAsync(cancellationToken).ConfigureAwait(false);
                ulong[] barriers;
                lock (_lock)
                {
                    ObjectDisposedException.ThrowIf(_isDisposed, this);
                    _joined = joined;
                    (_start, _end, _batchEnd) = (0, 0, 0);
                    barriers = [.. _barriers.Keys];
                }

                _lastWelcome = welcome;
                joined = null;
                foreach (var barrier in barriers)
                {
                    // Asked before the break: what it was about is behind the loss event of the new connection.
                    await _joined.SendAsync(new BarrierRequest(barrier)).ConfigureAwait(false);
                }

                return;
            }
            catch (Exception e) when (e is AgentUnreachableException or IOException or SocketException
                || (e is ClientRefusedException { Reason: ClientRefusalReason.NotPermitted } && !ReferenceEquals(welcome, _client.Welcome)))
            {
                // The agent goes away at this moment; the client waits for the next one, and so do we.
                await Task.Delay(20, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                joined?.Dispose();
            }
        }
    }

    private ClientWelcome? _lastWelcome;

    private StreamPosition? Position() => _lastWelcome is { } last
        ? new StreamPosition(last.RunId, _cursor, _number, _kernelSequence, last.BootId)
        : null;

    /// <summary>Looks for a whole batch in what was received.</summary>
    private bool TakeBatch()
    {
        while (_end - _start >= ClientFrame.HeaderBytes)
        {
            if (ClientFrame.ReadHeader(_buffer.AsSpan(_start), EventLayout.LargestBatch) is not { } frame)
            {
                throw WireReader.Broken();
            }

            if (_end - _start < ClientFrame.HeaderBytes + frame.Length)
            {
                return false;
            }

            var content = _start + ClientFrame.HeaderBytes;
            _start = content + frame.Length;
            if (frame.Kind == ClientFrameKind.Barrier && frame.Length == sizeof(ulong))
            {
                Pass(BinaryPrimitives.ReadUInt64LittleEndian(_buffer.AsSpan(content)));
            }
            else if (frame.Kind == ClientFrameKind.Events && frame.Length >= EventLayout.BatchBytes)
            {
                var batch = _buffer.AsSpan(content);
                Volatile.Write(ref _number, BinaryPrimitives.ReadUInt64LittleEndian(batch) - 1);
                _kernelSequence = BinaryPrimitives.ReadUInt64LittleEndian(batch[16..]);
                _batchEnd = _start;
                _start = content + EventLayout.BatchBytes;
                if (_start < _batchEnd)
                {
                    return true;
                }
            }
            else
            {
                throw WireReader.Broken();
            }
        }

        return false;
    }

    private void Pass(ulong id)
    {
        lock (_lock)
        {
            if (_barriers.TryGetValue(id, out var barrier))
            {
                barrier.TrySetResult();
            }
        }
    }

    /// <returns>False if the connection has ended.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            // What is left is a part of a frame; behind it there must be room for the rest.
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end, _batchEnd) = (0, _end - _start, 0);
        }

        try
        {
            var length = await _joined!.Socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += length;
            return length > 0;
        }
        catch (SocketException) when (!_isDisposed)
        {
            return false;
        }
    }

    /// <summary>A connection that has joined a session.</summary>
    private sealed class Joined(Socket socket) : IDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);
        private readonly SemaphoreSlim _one = new(1, 1);

        public Socket Socket => socket;

        public async Task SendAsync(ClientRequest request)
        {
            await _one.WaitAsync().ConfigureAwait(false);
            try
            {
                var content = JsonSerializer.SerializeToUtf8Bytes(request, GatehouseJson.Default.ClientRequest);
                await ClientFrame.WriteAsync(_stream, ClientFrameKind.Request, content, CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException && request is not SubscribeRequest)
            {
                // The connection has ended: its reader sees that, and makes the request again on the next one.
            }
            finally
            {
                _one.Release();
            }
        }

        public async Task ReadAnswerAsync(CancellationToken cancellationToken)
        {
            var frame = await ClientFrame.ReadAsync(_stream, ClientFrame.LargestContent, cancellationToken).ConfigureAwait(false)
                ?? throw new IOException("the agent closed the connection");
            switch (JsonSerializer.Deserialize(frame.Content.Span, GatehouseJson.Default.ClientAnswer))
            {
                case DoneAnswer:
                    return;
                case RefusedAnswer refused:
                    throw new ClientRefusedException(refused.Reason, refused.Detail, refused.Missing);
                default:
                    throw new ControlProtocolException("the agent answered with something else");
            }
        }

        public void Dispose() => _stream.Dispose();
    }
}
