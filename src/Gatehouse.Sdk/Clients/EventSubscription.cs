using System.Runtime.CompilerServices;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Sdk.Clients;

/// <summary>A stream of events. One reader at a time; <see cref="BarrierAsync"/> and <see cref="SetFilterAsync"/> may be called by others.</summary>
/// <remarks>
/// <para>Read it either as records (<see cref="ReadAllAsync"/>) or in place, without an allocation for each event:</para>
/// <code>
/// while (await subscription.WaitToReadAsync(token))
/// {
///     while (subscription.TryRead(out var view)) { … view.ImagePathUtf8 … }
/// }
/// </code>
/// <para>A reader that is slow loses its own events, nobody else's: what is lost stands as an event of kind <see cref="EventKind.Loss"/> where it is missing, and the
/// numbers have a gap. The agent keeps 64 MiB of events for all clients together. When the agent is restarted the subscription goes on by
/// itself, and a loss event (cause <c>agent-restart</c>) says what the kernel reported meanwhile to nobody.</para>
/// </remarks>
public sealed partial class EventSubscription : IAsyncDisposable
{
    private readonly GatehouseClient _client;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, TaskCompletionSource> _barriers = [];
    private readonly byte[] _buffer = new byte[1024 * 1024];
    private EventFilter _filter;
    private Joined? _joined;
    private int _start;
    private int _end;
    private int _batchEnd;
    private ulong _number;
    private ulong _cursor;
    private ulong _kernelSequence;
    private ulong _lastBarrier;
    private bool _isDisposed;

    internal EventSubscription(GatehouseClient client, EventFilter filter)
    {
        _client = client;
        _filter = filter;
    }

    /// <summary>Number of the last event that was read, lost ones counted.</summary>
    public ulong LastNumber => Volatile.Read(ref _number);

    /// <summary>Events that were read.</summary>
    public ulong Read { get; private set; }

    /// <summary>Events that this subscription has lost, at most: of those that are gone nobody knows whether they were muted by process or path.</summary>
    public ulong Lost => LastNumber - Read;

    /// <summary>Goes to the next event.</summary>
    /// <param name="view">The event; valid until the next <see cref="WaitToReadAsync"/>.</param>
    /// <returns>False if there is none at hand: wait.</returns>
    /// <exception cref="InvalidDataException">The agent sent something that is no event. The subscription cannot be used further.</exception>
    public bool TryRead(out EventView view)
    {
        if (_start >= _batchEnd)
        {
            view = default;
            return false;
        }

        var rest = _buffer.AsSpan(_start, _batchEnd - _start);
        var length = rest.Length < EventLayout.CommonBytes ? 0 : System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length < EventLayout.CommonBytes || length > rest.Length)
        {
            throw WireReader.Broken();
        }

        _start += length;
        Volatile.Write(ref _number, _number + 1);
        Read++;
        view = new EventView(rest[..length], _number);
        if (view.Kind != EventKind.Loss)
        {
            _cursor = view.Cursor;
        }

        return true;
    }

    /// <summary>Reads events as records.</summary>
    /// <param name="cancellationToken">Ends the reading. What is not read yet is not lost: go on by reading again.</param>
    /// <exception cref="ClientRefusedException">After a restart of the agent the client or the subscription is not let in any more.</exception>
    /// <exception cref="AgentUnreachableException">No agent came back in time.</exception>
    public async IAsyncEnumerable<GatehouseEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (TryReadRecord(out var read))
            {
                yield return read;
            }
        }
    }

    /// <summary>Waits until everything that had happened when it was called has been read from this subscription. Somebody must be reading.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <remarks>What the kernel had reported counts, too. On a quiet host it takes up to half a second.</remarks>
    public async Task BarrierAsync(CancellationToken cancellationToken = default)
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong id;
        Joined? joined;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            id = ++_lastBarrier;
            _barriers.Add(id, passed);
            joined = _joined;
        }

        try
        {
            if (joined is not null)
            {
                await joined.SendAsync(new BarrierRequest(id)).ConfigureAwait(false);
            }

            await passed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _barriers.Remove(id);
            }
        }
    }

    /// <summary>Exchanges the filter. What is under way may still come; behind a barrier everything is by the new one.</summary>
    /// <param name="filter">Which events from now on.</param>
    /// <param name="cancellationToken">Not used once it is sent.</param>
    /// <exception cref="ArgumentException">The filter has more mutes than are possible, one without a path, or an operation that there is not.</exception>
    public async Task SetFilterAsync(EventFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        cancellationToken.ThrowIfCancellationRequested();
        if (filter.FindProblem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(filter));
        }

        Joined? joined;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _filter = filter;
            joined = _joined;
        }

        if (joined is not null)
        {
            await joined.SendAsync(new FilterRequest(filter)).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the subscription. A reader that waits gets no more.</summary>
    public ValueTask DisposeAsync()
    {
        Joined? joined;
        TaskCompletionSource[] waiting;
        lock (_lock)
        {
            _isDisposed = true;
            joined = _joined;
            waiting = [.. _barriers.Values];
        }

        foreach (var barrier in waiting)
        {
            barrier.TrySetException(new ObjectDisposedException(nameof(EventSubscription)));
        }

        joined?.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool TryReadRecord(out GatehouseEvent read)
    {
        var isThere = TryRead(out var view);
        read = isThere ? new GatehouseEvent(view.Number, view.ToRecord(_client.Welcome.BootId)) : default;
        return isThere;
    }
}
