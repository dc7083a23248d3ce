using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Agent.Clients;

/// <summary>
/// The last events, each encoded once, for all clients together. A client has no queue: it reads here at its own pace. Who is further
/// behind than the log is long loses what is gone, by itself; nobody waits for it and it holds no memory.
/// </summary>
/// <remarks>Nothing is encoded before the first client subscribes.</remarks>
internal sealed class EventLog
{
    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly Queue<EventSegment> _segments = new();
    private readonly ulong[] _counts = new ulong[EventLayout.Operations.Length];
    private readonly HashSet<EventReader> _sleeping = [];
    private EventSegment? _tail;
    private ulong _lastSequence;
    private volatile bool _sleepers;

    /// <param name="segments">How many pieces of <see cref="EventSegment.Bytes"/> are kept.</param>
    public EventLog(int segments = 64) => _capacity = segments;

    /// <summary>Whether somebody has ever read: then events are to be appended.</summary>
    public bool IsUsed => _tail is not null;

    /// <summary>The last number of the kernel side that was appended.</summary>
    public ulong LastSequence => Volatile.Read(ref _lastSequence);

    /// <summary>Events that were too large to be told.</summary>
    public ulong TooLarge { get; private set; }

    /// <summary>Begins to keep events. By the one writer.</summary>
    public void Use(ulong nextCursor)
    {
        lock (_lock)
        {
            if (_tail is null)
            {
                Add(nextCursor);
            }
        }
    }

    /// <summary>Appends an event. By one writer at a time. Waits for nobody.</summary>
    public void Append(StreamRecord record)
    {
        var tail = _tail!;
        var length = EventEncoder.Encode(record, Limit(tail.Room));
        if (length == 0)
        {
            tail = Next(record.Cursor);
            length = EventEncoder.Encode(record, Limit(tail.Room));
        }

        if (length == 0)
        {
            // Nobody can be told. The kernel's number shows the gap, and the status counts it.
            TooLarge++;
            return;
        }

        if (record is DecisionRecord decision)
        {
            Volatile.Write(ref _lastSequence, Math.Max(_lastSequence, decision.Sequence));
        }

        _counts[tail.Data[tail.Length + EventLayout.Operation]]++;
        tail.Publish(length);

        // Behind the publication: who falls asleep now looks once more before it does.
        Interlocked.MemoryBarrier();
        if (_sleepers)
        {
            Wake();
        }
    }

    /// <summary>The piece with the first event behind a cursor, or the oldest one that there is. The caller releases it.</summary>
    public EventSegment Find(ulong after)
    {
        lock (_lock)
        {
            var found = _segments.Peek();
            foreach (var segment in _segments.Where(s => s.FirstCursor <= after + 1))
            {
                found = segment;
            }

            found.Hold();
            return found;
        }
    }

    /// <summary>The piece at the end. The caller releases it.</summary>
    public (EventSegment Segment, int Length) FindEnd(Span<ulong> counts)
    {
        lock (_lock)
        {
            _tail!.Hold();
            _counts.CopyTo(counts);
            return (_tail, _tail.Length);
        }
    }

    /// <summary>The piece behind one, or the oldest if that is gone. Null: there is none yet. The caller releases it.</summary>
    public EventSegment? After(long index)
    {
        lock (_lock)
        {
            var next = _segments.FirstOrDefault(s => s.Index > index);
            next?.Hold();
            return next;
        }
    }

    /// <summary>Whether a piece is among those that are kept; one that is not is gone for who does not hold it.</summary>
    public bool TryHold(EventSegment segment, long index)
    {
        lock (_lock)
        {
            if (segment.Index != index || _segments.Count == 0 || index < _segments.Peek().Index)
            {
                return false;
            }

            segment.Hold();
            return true;
        }
    }

    /// <summary>Has a reader woken by the next event.</summary>
    public void Sleep(EventReader reader)
    {
        lock (_lock)
        {
            _sleeping.Add(reader);
            _sleepers = true;
        }
    }

    private static Span<byte> Limit(Span<byte> room) => room.Length > EventLayout.LargestEvent ? room[..EventLayout.LargestEvent] : room;

    private void Wake()
    {
        lock (_lock)
        {
            foreach (var reader in _sleeping)
            {
                reader.Wake();
            }

            _sleeping.Clear();
            _sleepers = false;
        }
    }

    private EventSegment Next(ulong cursor)
    {
        lock (_lock)
        {
            return Add(cursor);
        }
    }

    private EventSegment Add(ulong cursor)
    {
        EventSegment? reused = null;
        if (_segments.Count >= _capacity)
        {
            // One that is being copied from at this moment is left to its reader, and to the garbage collector: at most one for each reader.
            var oldest = _segments.Dequeue();
            reused = oldest.IsHeld ? null : oldest;
        }

        var next = reused ?? new EventSegment();
        next.Reset((_tail?.Index ?? -1) + 1, cursor, _counts);
        _segments.Enqueue(next);
        _tail?.Close();
        _tail = next;
        return next;
    }
}
