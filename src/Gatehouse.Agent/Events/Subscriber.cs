using System.Threading.Channels;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Agent.Events;

/// <summary>One reader's bounded queue. One writer (the stream, under its lock) and one reader.</summary>
internal sealed class Subscriber : IDisposable
{
    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly StreamClock _clock;
    private readonly Action<Subscriber> _leave;
    private readonly LossTally _lost = new();

    // A full signal channel means that the reader has been told already.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private List<StreamEntry> _queue;
    private int _room;
    private ulong _lastLostCursor;

    public Subscriber(List<StreamEntry> backlog, int capacity, StreamClock clock, Action<Subscriber> leave)
    {
        // The backlog does not count against the capacity until it is taken: it is what the stream keeps anyway.
        _queue = backlog;
        _capacity = capacity;
        _room = capacity + backlog.Count;
        _clock = clock;
        _leave = leave;
        if (backlog.Count > 0)
        {
            _signal.Writer.TryWrite(true);
        }
    }

    /// <summary>Takes the record, or counts it as lost if the reader is too far behind.</summary>
    public bool TryEnqueue(StreamEntry entry)
    {
        lock (_lock)
        {
            // A full queue stays full until the reader takes all of it: so the hole is in one place, and the loss record stands there.
            if (_queue.Count >= _room)
            {
                CountLoss(entry);
                return false;
            }

            _queue.Add(entry);
        }

        _signal.Writer.TryWrite(true);
        return true;
    }

    /// <summary>Waits for records and takes all that are queued, followed by a loss record if any were lost since.</summary>
    /// <param name="cancellationToken">Ends the wait; nothing is lost.</param>
    public async ValueTask<IReadOnlyList<StreamEntry>> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _signal.Reader.ReadAsync(cancellationToken);
            var taken = Take();
            if (taken.Count > 0)
            {
                return taken;
            }
        }
    }

    public void Dispose() => _leave(this);

    private List<StreamEntry> Take()
    {
        lock (_lock)
        {
            var taken = _queue;
            _queue = [];
            _room = _capacity;
            if (!_lost.IsEmpty)
            {
                taken.Add(new StreamEntry(_clock.Loss("subscriber", _lastLostCursor, _lost.Take())));
            }

            return taken;
        }
    }

    private void CountLoss(StreamEntry entry)
    {
        _lastLostCursor = entry.Record.Cursor;
        if (entry.Record is LossRecord loss)
        {
            // Losing the news of a loss would hide it: pass its counts on.
            _lost.Add(loss.Lost);
        }
        else
        {
            _lost.Add(entry.LossName, 1);
        }
    }
}
