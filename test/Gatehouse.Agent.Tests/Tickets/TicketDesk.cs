using System.Globalization;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Health;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Agent.Tickets;
using Gatehouse.Sdk.Events;
using Gatehouse.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Agent.Tests.Tickets;

/// <summary>A ticket service on real files, with an owner, and with a wall clock that can be set without the time since boot.</summary>
internal sealed class TicketDesk : IDisposable
{
    public static readonly TicketUser Root = new(0, 4711);

    private readonly TestDirectory _directory = new();
    private readonly List<TicketService> _services = [];

    public TicketDesk()
    {
        Wall = new SettableClock(Time);
        OwnerPath = _directory.Write("owner.pub", Owner.PublicPem);
    }

    /// <summary>The time that passes; noon at the start, 1,000 s after the boot.</summary>
    public ManualTimeProvider Time { get; } = new();

    public SettableClock Wall { get; }

    /// <summary>How long the host slept: the time since boot goes on meanwhile, timers stand still.</summary>
    public TimeSpan Slept { get; set; }

    public Owner Owner { get; } = new();

    public string OwnerPath { get; }

    public string State => _directory.File("state");

    public string Ledger => _directory.File("state/tickets.json");

    public string Expected => _directory.File("state/tickets.expected");

    public RecordingActions Actions { get; set; } = new();

    public string? MachineId { get; set; } = Owner.Host;

    public string BootId { get; set; } = "boot-1";

    public Action<string> FlushDirectory { get; set; } = static _ => { };

    public HealthBoard Health { get; private set; } = new();

    public EventStream Stream { get; private set; } = null!;

    public TestDirectory Directory => _directory;

    /// <summary>The agent's records, the first first: "ticket-used", "ticket-ended".</summary>
    public string Events => string.Join(' ', Stream.Read(null, null).Select(static e => ((AgentRecord)e.Record).Operation["agent.".Length..]));

    public string LastDetail => ((AgentRecord)Stream.Read(null, null)[^1].Record).Detail;

    /// <summary>A service as it is after a start of the agent. The one before, if any, has crashed: nothing of it ends in order.</summary>
    public TicketService Start()
    {
        var clock = new StreamClock(new BootClock(Wall, () => Time.GetUtcNow() - Owner.Noon + TimeSpan.FromSeconds(1000) + Slept), BootId);
        Health = new HealthBoard();
        Stream = new EventStream(new EventStreamLimits(), clock);
        var service = new TicketService(
            new TicketHost(OwnerPath, MachineId),
            new TicketLedgerFile(State, d => FlushDirectory(d)),
            Actions,
            Stream,
            clock,
            Health,
            Wall,
            static () => 1,
            NullLogger<TicketService>.Instance);
        _services.Add(service);
        service.Open();
        return service;
    }

    /// <summary>The crash of an agent: its timers do nothing any more, and nothing is ended.</summary>
    public TicketService Restart(string? bootId = null)
    {
        foreach (var service in _services)
        {
            service.Dispose();
        }

        BootId = bootId ?? BootId;
        Actions = new RecordingActions();
        return Start();
    }

    public void Dispose()
    {
        foreach (var service in _services)
        {
            service.Dispose();
        }

        Owner.Dispose();
        _directory.Dispose();
    }

    /// <summary>Notes what it is told.</summary>
    internal sealed class RecordingActions : ITicketActions
    {
        private readonly Lock _lock = new();
        private readonly List<string> _calls = [];

        public Action<TicketAction>? OnBegin { get; set; }

        public Action<TicketAction>? OnEnd { get; set; }

        public string Calls
        {
            get
            {
                lock (_lock)
                {
                    return string.Join(' ', _calls);
                }
            }
        }

        public void Begin(TicketAction action, Ticket ticket)
        {
            OnBegin?.Invoke(action);
            Note("+" + TicketWords.Of(action));
        }

        public void End(TicketAction action)
        {
            OnEnd?.Invoke(action);
            Note("-" + TicketWords.Of(action));
        }

        private void Note(string call)
        {
            lock (_lock)
            {
                _calls.Add(call);
            }
        }
    }

    /// <summary>A wall clock that root sets, while the time that passes goes on as it does.</summary>
    internal sealed class SettableClock(ManualTimeProvider time) : TimeProvider
    {
        public TimeSpan SetBy { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + SetBy;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);

        public void Set(DateTimeOffset to) => SetBy = to - time.GetUtcNow();

        public override string ToString() => GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
    }
}
