using Gatehouse.Agent.Events;
using Gatehouse.Agent.Health;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;
using Gatehouse.Sdk.Status;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Sealing;

/// <summary>Reads what the shield refused and tells it. Refusals do not wait for it.</summary>
internal sealed class TamperPump(
    Sealer sealer,
    EventStream stream,
    StreamClock clock,
    Func<ulong> generation,
    HealthBoard health,
    TimeProvider time,
    ILogger<TamperPump> logger) : IDisposable
{
    /// <summary>More attempts than this a second are counted, not told one by one: whoever floods must not hide what else happens.</summary>
    public const int ToldPerSecond = 10;

    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Thread? _thread;
    private TamperAttempt? _last;
    private long _second = -1;
    private int _toldInSecond;
    private ulong _untold;
    private ulong _updates;

    /// <summary>Called at each refused attempt, on the thread that reads them: enforcement is to be proven at once.</summary>
    public Action? Attempted { get; set; }

    /// <summary>Called when who may has exchanged something that a policy protects.</summary>
    public Action? Updated { get; set; }

    /// <summary>Where the agent lives.</summary>
    public ControlGroup Group { get; init; } = new();

    /// <summary>Goes back if somebody moved the agent, and tells it. Called with each proof.</summary>
    public void ReturnIfMoved()
    {
        if (Group.ReturnIfMoved() is { } moved)
        {
            Tell("agent.tamper-refused", moved);
        }
    }

    /// <summary>Begins to read what is refused.</summary>
    public void Start()
    {
        Publish("agent.sealed", "what the agent is made of is kept from everybody until the next boot");
        _thread = new Thread(Run) { IsBackground = true, Name = "tamper-pump" };
        _thread.Start();
    }

    /// <summary>How it is.</summary>
    /// <param name="processKept">Whether the policy that keeps the agent's process is in force.</param>
    /// <param name="protections">What policies protect.</param>
    public SealStatus Describe(bool processKept, IReadOnlyList<string> protections)
    {
        lock (_lock)
        {
            return new SealStatus
            {
                Sealed = sealer.Shield.IsSealed,
                ProcessKept = processKept,
                Protected = protections,
                Since = sealer.Since,
                Refused = sealer.Shield.ReadRefused().Where(static r => r.Key is not (TamperDeed.Standing or TamperDeed.Update)).ToDictionary(static r => TamperText.Word(r.Key), static r => r.Value, StringComparer.Ordinal),
                LastAttempt = _last is null ? null : TamperText.Of(_last),
            };
        }
    }

    /// <summary>Takes one refused attempt. The agent's own canaries are no attempts.</summary>
    public void Receive(TamperAttempt attempt)
    {
        if (attempt.Pid == (uint)Environment.ProcessId && attempt.Deed == TamperDeed.Setting)
        {
            return;
        }

        if (attempt.Deed == TamperDeed.Update)
        {
            return; // counted: NoteUpdates
        }

        var second = time.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            _last = attempt.Deed == TamperDeed.Standing ? _last : attempt;
            if (second != _second)
            {
                (_second, _toldInSecond) = (second, 0);
            }

            if (_toldInSecond >= ToldPerSecond)
            {
                _untold++;
                return;
            }

            _toldInSecond++;
        }

        if (attempt.Deed == TamperDeed.Standing)
        {
            Tell("agent.member-refused", TamperText.Of(attempt));
            return;
        }

        Tell("agent.tamper-refused", TamperText.Of(attempt));
        Attempted?.Invoke();
    }

    /// <summary>By their count, which goes on when the ring is full: nobody hides one by a flood of attempts.</summary>
    public void NoteUpdates()
    {
        var updates = sealer.Shield.ReadRefused().GetValueOrDefault(TamperDeed.Update);
        if (updates != _updates)
        {
            _updates = updates;
            Updated?.Invoke();
        }
    }

    /// <summary>Says how many attempts were not told one by one, once the flood is over.</summary>
    public void TellUntold()
    {
        ulong untold;
        lock (_lock)
        {
            if (_untold == 0 || time.GetUtcNow().ToUnixTimeSeconds() == _second)
            {
                return;
            }

            untold = _untold;
            _untold = 0;
        }

        Tell("agent.tamper-refused", $"{untold} more attempts were refused");
        Attempted?.Invoke();
    }

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
                sealer.Shield.Consume(ReceiveSafely, s_wait);
                NoteUpdates();
                TellUntold();
                health.Clear(HealthTopic.Tampering);
            }
            catch (KernelGateException e)
            {
                if (health.Set(HealthTopic.Tampering, HealthLevel.Degraded, "refused attempts cannot be read: " + e.Message))
                {
                    logger.LogCritical(e, "Refused attempts cannot be read; they are refused all the same.");
                }

                _stop.Token.WaitHandle.WaitOne(s_retryAfter);
            }
        }
    }

    private void ReceiveSafely(TamperAttempt attempt)
    {
        // The caller is native code's callback: nothing may be thrown through it.
        try
        {
            Receive(attempt);
        }
#pragma warning disable CA1031 // A fault in one record must not end the delivery of all others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.LogError(e, "A refused attempt could not be told.");
        }
    }

    private void Tell(string kind, string text)
    {
        logger.LogWarning("{Kind}: {Text}", kind, text);
        Publish(kind, text);
    }

    private void Publish(string kind, string text) => stream.Publish(clock.Agent(kind, text, generation()));
}
