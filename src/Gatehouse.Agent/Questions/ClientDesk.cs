using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>The clients that answer: who is connected, what each has to answer, and how it did so far. Thread-safe.</summary>
internal sealed partial class ClientDesk(ClientSlots slots, QuestionLimits limits, TimeProvider time)
{
    // Questions that have ended, so that a late answer is told so. Beyond this many they are unknown.
    private const int RememberedQuestions = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ClientRecord> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, PendingQuestion> _pending = [];
    private readonly Dictionary<ulong, AnswerOutcome> _ended = [];
    private readonly Queue<ulong> _endedOrder = new();
    private volatile ClientProcess[] _processes = [];
    private long _longestWait;
    private IReadOnlyList<string> _named = [];
    private ulong _lastId;
    private bool _stopped;

    /// <summary>Called, outside of the lock, when a client has connected: what was not asked for want of it is to be asked now.</summary>
    public Action? Connected { get; set; }

    /// <summary>Called, outside of the lock, when a client has been put out of the path.</summary>
    public Action<string>? PutOut { get; set; }

    /// <summary>Called, outside of the lock, with the client, the path and the reason of an answer in time that gives one.</summary>
    public Action<string, Answer, string, string>? Reasoned { get; set; }

    /// <summary>The names that policies ask.</summary>
    public void Name(IReadOnlyList<string> names)
    {
        lock (_lock)
        {
            _named = names;
            foreach (var name in names)
            {
                RecordOf(name);
            }
        }
    }

    /// <summary>Whether a process is a client that runs: what it opens itself it cannot be asked about.</summary>
    public bool IsClient(int processId)
    {
        return Array.Exists(_processes, p => p.Id == processId && p.IsAlive);
    }

    /// <returns>The connection, or null if another has that name already.</returns>
    public QuestionClient? Connect(ClientOptions options)
    {
        QuestionClient client;
        lock (_lock)
        {
            var record = RecordOf(options.Name);
            if (record.Connection is not null || _stopped)
            {
                return null;
            }

            client = new QuestionClient(record, options, limits.HeadroomOf(options.Deadline));
            record.Connection = client;
            record.OutOfPath = false;
            record.MissedInARow = 0;
            _processes = [.. _processes, options.Process];
            NoteLongestWait();
            client.Send(new WelcomeLine
            {
                Client = options.Name,
                Named = _named.Contains(options.Name, StringComparer.Ordinal),
                Slot = slots.Find(options.Name),
                DeadlineMilliseconds = (int)options.Deadline.TotalMilliseconds,
                HeadroomMilliseconds = (int)client.Headroom.TotalMilliseconds,
                MissesAllowed = limits.MissesAllowed,
            });
        }

        Connected?.Invoke();
        return client;
    }

    /// <summary>The connection has ended; what it had to answer ends without an answer, at once.</summary>
    public void Disconnect(QuestionClient client)
    {
        lock (_lock)
        {
            Leave(client, last: null);
        }
    }

    /// <summary>Tells every client that the agent ends, and lets nobody connect any more.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            foreach (var record in _records.Values)
            {
                if (record.Connection is { } client)
                {
                    Leave(client, new EndLine
                    {
                        Reason = EndLine.AgentStops,
                        Detail = "the agent ends; until the next one your rules decide by onMiss; connect anew",
                    });
                }
            }
        }
    }

    /// <summary>The connected client of that name, unless it is out of the path.</summary>
    public QuestionClient? Find(string name)
    {
        lock (_lock)
        {
            return _records.GetValueOrDefault(name)?.Connection;
        }
    }

    /// <summary>How often the client has forgotten its answers.</summary>
    public int Forgets(string name)
    {
        lock (_lock)
        {
            return RecordOf(name).Forgets;
        }
    }

    public void Forget(string name)
    {
        lock (_lock)
        {
            RecordOf(name).Forgets++;
        }
    }

    /// <summary>
    /// The longest time that an open may wait for the clients that are connected. Takes no lock: the reader asks, and must not wait
    /// for a thread that may be waiting for the reader.
    /// </summary>
    public TimeSpan LongestWait() => TimeSpan.FromTicks(Interlocked.Read(ref _longestWait));

    private ClientRecord RecordOf(string name)
    {
        if (!_records.TryGetValue(name, out var record))
        {
            _records.Add(name, record = new ClientRecord(name));
        }

        return record;
    }

    private void NoteLongestWait() => Interlocked.Exchange(
        ref _longestWait,
        _records.Values.Select(static r => r.Connection is { } c ? (c.Options.Deadline + c.Headroom).Ticks : 0).DefaultIfEmpty().Max());

    private void Leave(QuestionClient client, EndLine? last)
    {
        var record = client.Record;
        if (record.Connection != client)
        {
            return;
        }

        record.Connection = null;
        _processes = [.. _processes.Where(p => p != client.Options.Process)];
        client.Options.Process.Dispose();
        NoteLongestWait();
        client.Close(last);
        foreach (var question in client.Pending.Values)
        {
            record.Missed++;
            Remember(question, AnswerOutcome.Late);
            question.End(answer: null);
        }

        client.Pending.Clear();
        if (!_named.Contains(record.Name, StringComparer.Ordinal) && record.Asked == 0)
        {
            _records.Remove(record.Name);
        }
    }

    private void Remember(PendingQuestion question, AnswerOutcome outcome)
    {
        _pending.Remove(question.Id);
        _ended[question.Id] = outcome;
        _endedOrder.Enqueue(question.Id);
        if (_endedOrder.Count > RememberedQuestions)
        {
            _ended.Remove(_endedOrder.Dequeue());
        }
    }

    private static bool SameToken(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));

    private static string Misses(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} questions in a row");
}
