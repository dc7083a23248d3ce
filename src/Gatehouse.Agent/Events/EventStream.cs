using Gatehouse.Agent.Clients;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Agent.Events;

/// <summary>
/// The stream of records: keeps the last ones and hands each to every subscriber.
/// </summary>
/// <remarks>
/// <see cref="Publish"/> never waits: what finds no room in a subscriber's queue is lost to that subscriber alone, counted, and
/// told to it by a loss record at the place in the stream where it is missing.
/// </remarks>
internal sealed class EventStream(EventStreamLimits limits, StreamClock clock)
{
    private readonly Lock _lock = new();
    private readonly StreamEntry?[] _history = new StreamEntry?[limits.History];
    private readonly List<Subscriber> _subscribers = [];
    private readonly EventLog _log = new(limits.LogSegments);
    private ulong _lastCursor;
    private ulong _lostBySubscribers;

    public ulong LastCursor
    {
        get
        {
            lock (_lock)
            {
                return _lastCursor;
            }
        }
    }

    public (int Subscribers, ulong LostBySubscribers) ReadStatistics()
    {
        lock (_lock)
        {
            return (_subscribers.Count, _lostBySubscribers);
        }
    }

    /// <summary>Appends a record; its cursor is given here.</summary>
    public void Publish(StreamRecord record)
    {
        lock (_lock)
        {
            var entry = new StreamEntry(record with { Cursor = ++_lastCursor });
            _history[_lastCursor % (ulong)_history.Length] = entry;
            if (_log.IsUsed)
            {
                _log.Append(entry.Record);
            }

            foreach (var subscriber in _subscribers)
            {
                if (!subscriber.TryEnqueue(entry))
                {
                    _lostBySubscribers++;
                }
            }
        }
    }

    /// <summary>The log that clients read. From the first call on records are encoded for it; it begins with what is kept.</summary>
    public EventLog OpenLog()
    {
        lock (_lock)
        {
            if (!_log.IsUsed)
            {
                var kept = ReadLocked(since: null, limit: null);
                _log.Use(kept.Count > 0 ? kept[0].Record.Cursor : 1);
                foreach (var entry in kept)
                {
                    _log.Append(entry.Record);
                }
            }

            return _log;
        }
    }

    /// <summary>What is kept after <paramref name="since"/>, led by a loss record if some of it is gone.</summary>
    /// <param name="since">Null: everything that is kept, without calling the rest a loss.</param>
    /// <param name="limit">With <paramref name="since"/> the first, without it the last so many.</param>
    public List<StreamEntry> Read(ulong? since, int? limit)
    {
        lock (_lock)
        {
            return ReadLocked(since, limit);
        }
    }

    /// <summary>Joins: what is kept after <paramref name="since"/> (nothing if null), then everything new, without a hole.</summary>
    /// <returns>Null if there are as many subscribers as are allowed.</returns>
    public Subscriber? Subscribe(ulong? since)
    {
        lock (_lock)
        {
            if (_subscribers.Count >= limits.Subscribers)
            {
                return null;
            }

            var backlog = since is null ? [] : ReadLocked(since, limit: null);
            var subscriber = new Subscriber(backlog, limits.SubscriberQueue, clock, Leave);
            _subscribers.Add(subscriber);
            return subscriber;
        }
    }

    private void Leave(Subscriber subscriber)
    {
        lock (_lock)
        {
            _subscribers.Remove(subscriber);
        }
    }

    private List<StreamEntry> ReadLocked(ulong? since, int? limit)
    {
        var kept = Math.Min(_lastCursor, (ulong)_history.Length);
        var oldest = _lastCursor - kept + 1;
        var first = Math.Max(oldest, (since ?? 0) + 1);
        var count = first > _lastCursor ? 0 : (int)(_lastCursor - first + 1);
        var entries = new List<StreamEntry>(count + 1);
        if (since is > 0 && since + 1 < oldest)
        {
            // Which classes they were of is not known any more: a count by class for every cursor would cost more than it tells.
            entries.Add(new StreamEntry(clock.Loss("history", oldest - 1, Single("any", oldest - since.Value - 1))));
        }

        if (since is null && limit is { } last && count > last)
        {
            first += (ulong)(count - last);
            count = last;
        }

        for (var i = 0; i < count && (since is null || limit is null || entries.Count < limit); i++)
        {
            entries.Add(_history[(first + (ulong)i) % (ulong)_history.Length]!);
        }

        return entries;
    }

    private static Dictionary<string, ulong> Single(string name, ulong count) => new(StringComparer.Ordinal) { [name] = count };
}

/// <summary>Sizes of the stream, in records.</summary>
/// <param name="History">How many records are kept for late readers.</param>
/// <param name="SubscriberQueue">How far a subscriber may be behind before it loses records.</param>
/// <param name="Subscribers">How many subscribers there may be.</param>
/// <param name="LogSegments">How many MiB of encoded events are kept for clients, all together.</param>
internal sealed record EventStreamLimits(int History = 16_384, int SubscriberQueue = 4_096, int Subscribers = 64, int LogSegments = 64);
