using Gatehouse.Agent.Health;
using Gatehouse.Kernel;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Events;

/// <summary>
/// Reads the kernel's ring on a thread of its own and publishes each decision. It waits for nobody: slow readers lose their
/// own records in <see cref="EventStream"/>; if this thread is late, the ring fills and the kernel counts the loss.
/// </summary>
internal sealed class EventPump : IDisposable
{
    private static readonly TimeSpan WaitForEvents = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan CountersEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CountersInGapEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly IKernelGate _gate;
    private readonly EventStream _stream;
    private readonly DecisionTranslator _translator;
    private readonly StreamClock _clock;
    private readonly HealthBoard _health;
    private readonly TimeProvider _time;
    private readonly ILogger<EventPump> _logger;
    private readonly SequenceLedger _ledger;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ulong> _seen = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly long _startedAt;
    private Thread? _thread;
    private long _rounds;
    private TimeSpan _countersReadAt = TimeSpan.MinValue;

    public EventPump(
        IKernelGate gate,
        EventStream stream,
        DecisionTranslator translator,
        StreamClock clock,
        HealthBoard health,
        TimeProvider time,
        ILogger<EventPump> logger)
    {
        _gate = gate;
        _stream = stream;
        _translator = translator;
        _clock = clock;
        _health = health;
        _time = time;
        _logger = logger;
        _ledger = new SequenceLedger(gate.TookOver);
        _startedAt = time.GetTimestamp();
    }

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "event-pump" };
        _thread.Start();
    }

    /// <summary>Events that arrived, by operation, and gaps that the kernel does not explain, by class.</summary>
    public (IReadOnlyDictionary<string, ulong> Seen, IReadOnlyDictionary<string, ulong> Gaps) ReadStatistics()
    {
        lock (_lock)
        {
            return (new Dictionary<string, ulong>(_seen, StringComparer.Ordinal),
                new Dictionary<string, ulong>(_ledger.GapsReported, StringComparer.Ordinal));
        }
    }

    /// <summary>Waits until what is in the kernel's ring at this moment has been published: one whole reading that begins later.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var passed = Interlocked.Read(ref _rounds) + 2;
        while (Interlocked.Read(ref _rounds) < passed)
        {
            await Task.Delay(LookEvery, cancellationToken);
        }
    }

    /// <summary>Ends the thread; what is in the ring stays there for the next agent.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _gate.Consume(Publish, WaitForEvents);
                Interlocked.Increment(ref _rounds);
                ReportLosses();
                _health.Clear(HealthTopic.Events);
            }
            catch (KernelGateException e)
            {
                if (_health.Set(HealthTopic.Events, HealthLevel.Degraded, "events cannot be read: " + e.Message))
                {
                    _logger.LogCritical(e, "Events cannot be read; decisions go on. Trying again every second.");
                }

                _stop.Token.WaitHandle.WaitOne(RetryAfter);
            }
        }
    }

    private void Publish(GateDecision decision)
    {
        // The caller is native code's callback: nothing may be thrown through it.
        try
        {
            var record = _translator.Translate(decision);
            lock (_lock)
            {
                _seen[decision.Operation] = _seen.GetValueOrDefault(decision.Operation) + 1;
                _ledger.Observe(record.Class, decision.ClassSequence);
            }

            _stream.Publish(record);
        }
#pragma warning disable CA1031 // A fault in one event must not end the delivery of all others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.LogError(e, "Event {Sequence} could not be published and is given up.", decision.Sequence);
        }
    }

    private void ReportLosses()
    {
        var now = _time.GetElapsedTime(_startedAt);
        bool inGap;
        lock (_lock)
        {
            inGap = _ledger.HasUnexplainedGap;
        }

        if (_countersReadAt != TimeSpan.MinValue && now - _countersReadAt < (inGap ? CountersInGapEvery : CountersEvery))
        {
            return;
        }

        _countersReadAt = now;
        var counters = _gate.ReadCounters();
        IReadOnlyList<(string Cause, IReadOnlyDictionary<string, ulong> Lost)> losses;
        lock (_lock)
        {
            losses = _ledger.Reconcile(counters, now);
        }

        foreach (var (cause, lost) in losses)
        {
            _logger.LogWarning("Events lost ({Cause}): {Lost}. Their decisions stood.", cause, string.Join(", ", lost));
            _stream.Publish(_clock.Loss(cause, 0, lost));
        }
    }
}
