using System.Buffers.Binary;
using System.Threading.Tasks.Sources;
using Gatehouse.Agent.Events;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Clients.Wire;

namespace Gatehouse.Agent.Clients;

/// <summary>One subscription's place in the event log, and how it goes on from there. Used by one task; the log's writer wakes it.</summary>
internal sealed class EventReader : IValueTaskSource
{
    private readonly EventLog _log;
    private readonly StreamClock _clock;
    private readonly ulong[] _passed = new ulong[EventLayout.Operations.Length];
    private readonly LossTally _lost = new();
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = true };
    private EventSegment _segment;
    private long _index;
    private int _offset;
    private ulong _after;
    private string _cause = "subscriber";
    private ulong _lostCount;
    private ulong? _expected;
    private int _asleep;

    /// <param name="log">The log; it is in use.</param>
    /// <param name="clock">For losses.</param>
    /// <param name="matcher">What comes.</param>
    /// <param name="after">From behind this cursor, or from the oldest that is kept; null: from now on.</param>
    /// <param name="lastNumber">Number of the last event that the subscription had before.</param>
    public EventReader(EventLog log, StreamClock clock, EventMatcher matcher, ulong? after, ulong lastNumber)
    {
        _log = log;
        _clock = clock;
        Matcher = matcher;
        LastNumber = lastNumber;
        if (after is { } cursor)
        {
            _segment = log.Find(cursor);
            _segment.Before.CopyTo(_passed, 0);
            _after = cursor;
        }
        else
        {
            (_segment, _offset) = log.FindEnd(_passed);
            LookedSequence = log.LastSequence;
        }

        _index = _segment.Index;
        FirstCursor = _segment.FirstCursor;
        _segment.Release();
    }

    /// <summary>What comes; may be exchanged at any time.</summary>
    public EventMatcher Matcher { get; set; }

    /// <summary>Number of the last event, lost ones counted.</summary>
    public ulong LastNumber { get; private set; }

    /// <summary>Events that were handed over.</summary>
    public ulong Delivered { get; private set; }

    /// <summary>Events that this subscription has lost, at most: of those which are gone nobody knows whether a process or path was muted.</summary>
    public ulong Lost { get; private set; }

    /// <summary>Notes what is missing in front of the next event.</summary>
    public void NoteLoss(string cause, string name, ulong count)
    {
        _lost.Add(name, count);
        _cause = cause;
        _lostCount += count;
    }

    /// <summary>Cursor of the first event of the piece where it began.</summary>
    public ulong FirstCursor { get; }

    /// <summary>The kernel's last number that was looked at for this subscription before: what is between it and the first one of now, nobody has seen.</summary>
    public void Expect(ulong kernelSequence) => _expected = LookedSequence = kernelSequence;

    /// <summary>Writes a batch of what is new.</summary>
    /// <param name="room">At least <see cref="EventLayout.LargestBatch"/> bytes.</param>
    /// <returns>Bytes written; 0: nothing is new.</returns>
    public int Fill(Span<byte> room)
    {
        while (_lostCount == 0)
        {
            if (!_log.TryHold(_segment, _index))
            {
                Skip();
                continue;
            }

            int length;
            try
            {
                length = Copy(room);
            }
            finally
            {
                _segment.Release();
            }

            if (length > 0 || _lostCount == 0)
            {
                return length;
            }
        }

        return TellLoss(room);
    }

    /// <summary>Cursor of the last event that was looked at.</summary>
    public ulong Looked { get; private set; }

    /// <summary>
    /// Last number of the kernel side that was looked at, muted events too. After a restart of the agent what is behind it counts as missing, so it
    /// must not be how far the log is: what this subscription has not been told of would be missing unsaid.
    /// </summary>
    public ulong LookedSequence { get; private set; }

    /// <summary>A batch without an event, which says how far the agent has looked.</summary>
    public int FillEmpty(Span<byte> room) => Finish(room, EventLayout.BatchBytes, 0);

    /// <summary>Ends when there may be something new, or somebody calls <see cref="Wake"/>.</summary>
    public ValueTask WaitAsync()
    {
        _wake.Reset();
        Volatile.Write(ref _asleep, 1);
        _log.Sleep(this);

        // What was published before the writer could see us asleep would wake nobody.
        if (HasNews())
        {
            Wake();
        }

        return new ValueTask(this, _wake.Version);
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            _wake.SetResult(true);
        }
    }

    void IValueTaskSource.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    private bool HasNews() => _segment.Index != _index || _segment.Length > _offset || _segment.IsFull;

    private int Copy(Span<byte> room)
    {
        var (at, count) = (EventLayout.BatchBytes, 0);
        while (true)
        {
            // In this order: what is published before it is full is read before the next piece is looked for.
            var isFull = _segment.IsFull;
            var published = _segment.Length;
            while (_offset < published)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(_segment.Data.AsSpan(_offset));
                var view = new EventView(_segment.Data.AsSpan(_offset, length), 0);
                if (_expected is { } expected && view.Kind == EventKind.Decision)
                {
                    if (count > 0)
                    {
                        return Finish(room, at, count);
                    }

                    _expected = null;
                    if (view.KernelSequence > expected + 1)
                    {
                        NoteLoss("agent-restart", "any", view.KernelSequence - expected - 1);
                        return 0;
                    }
                }

                if (view.Cursor > _after && Matcher.Wants(view))
                {
                    if (at + length > room.Length)
                    {
                        return Finish(room, at, count);
                    }

                    view.Bytes.CopyTo(room[at..]);
                    at += length;
                    count++;
                }

                Looked = view.Cursor;
                LookedSequence = Math.Max(LookedSequence, view.KernelSequence);
                _passed[view.Bytes[EventLayout.Operation]]++;
                _offset += length;
            }

            if (!isFull || count > 0)
            {
                return count == 0 ? 0 : Finish(room, at, count);
            }

            if (!MoveOn())
            {
                return 0;
            }
        }
    }

    /// <summary>To the next piece; the one of now is released, the next one held.</summary>
    private bool MoveOn()
    {
        if (_log.After(_index) is not { } next)
        {
            return false;
        }

        var isNeighbour = next.Index == _index + 1;
        _segment.Release();
        _segment = next;
        _index = next.Index;
        _offset = 0;
        if (!isNeighbour)
        {
            CountGap();
        }

        return _lostCount == 0;
    }

    /// <summary>The piece of now is gone.</summary>
    private void Skip()
    {
        _segment = _log.After(_index)!;
        _index = _segment.Index;
        _offset = 0;
        CountGap();
        _segment.Release();
    }

    private void CountGap()
    {
        for (var operation = 0; operation < _passed.Length; operation++)
        {
            var missing = _segment.Before[operation] - _passed[operation];
            _passed[operation] = _segment.Before[operation];
            if (missing > 0 && Matcher.Wants(operation))
            {
                NoteLoss("subscriber", EventLayout.Operations[operation], missing);
            }
        }
    }

    private int TellLoss(Span<byte> room)
    {
        LastNumber += _lostCount;
        Lost += _lostCount;
        _lostCount = 0;
        var record = _clock.Loss(_cause, _segment.FirstCursor - 1, _lost.Take());
        _cause = "subscriber";
        return Finish(room, EventLayout.BatchBytes + EventEncoder.Encode(record, room[EventLayout.BatchBytes..]), 1);
    }

    private int Finish(Span<byte> room, int length, int count)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(room, LastNumber + 1);
        BinaryPrimitives.WriteInt64LittleEndian(room[8..], count);
        BinaryPrimitives.WriteUInt64LittleEndian(room[16..], LookedSequence);
        LastNumber += (ulong)count;
        Delivered += (ulong)count;
        return length;
    }
}
