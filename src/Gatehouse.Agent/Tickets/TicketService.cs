using System.Globalization;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Health;
using Gatehouse.Sdk.Tickets;
using Gatehouse.Trust;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Tickets;

/// <summary>Takes tickets: verifies them, notes that they are used, and then allows for a time what they name.</summary>
/// <remarks>
/// <para>Closed: what is not known to be right is refused, see <see cref="TicketRefusal"/>. That a ticket is used is on the disk before it
/// allows anything, so a crash in between leaves it used up. If an agent of the same boot comes after, that one goes on with it until its end.</para>
/// <para>Thread-safe. <see cref="Allows"/> waits for nobody.</para>
/// </remarks>
internal sealed partial class TicketService : IDisposable
{
    private readonly TicketHost _host;
    private readonly TicketLedger _ledger;
    private readonly TicketGrants _grants;
    private readonly EventStream _stream;
    private readonly StreamClock _clock;
    private readonly HealthBoard _health;
    private readonly TimeProvider _time;
    private readonly Func<ulong> _generation;
    private readonly ILogger<TicketService> _logger;
    private readonly Lock _lock = new();
    private readonly ITimer _watch;
    private bool _disposed;

    public TicketService(
        TicketHost host,
        TicketLedgerFile file,
        ITicketActions actions,
        EventStream stream,
        StreamClock clock,
        HealthBoard health,
        TimeProvider time,
        Func<ulong> generation,
        ILogger<TicketService> logger)
    {
        _host = host;
        _ledger = new TicketLedger(file);
        _grants = new TicketGrants(actions, clock.Boot.SinceBoot, time, OnEnded, OnStuck);
        _stream = stream;
        _clock = clock;
        _health = health;
        _time = time;
        _generation = generation;
        _logger = logger;
        _watch = time.CreateTimer(_ => WatchClock(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether tickets allow an action at this moment.</summary>
    public bool Allows(TicketAction action) => _grants.Allows(action);

    /// <summary>Reads what was used before, and goes on with what an earlier agent of this boot was allowed and is not over.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _clockAtStart = Offset();
            try
            {
                _ledger.Open();
                Resume();
            }
            catch (TicketRefusedException e)
            {
                _logger.LogError("No ticket is accepted: {Reason}", e.Message);
            }

            ReportLedger();
            _watch.Change(s_watchEvery, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Uses a ticket: what it names is allowed from now until its end.</summary>
    /// <exception cref="TicketRefusedException">It is refused; see there. With <see cref="TicketRefusal.NotBegun"/> it is used up, else not.</exception>
    public TicketStatus Use(string text, TicketUser user)
    {
        lock (_lock)
        {
            try
            {
                return Take(text, user);
            }
            catch (TicketRefusedException e)
            {
                _logger.LogWarning("A ticket was refused ({Refusal}), sent by {User}: {Reason}", e.Reason, user, e.Message);
                Tell("agent.ticket-refused", $"{e.Message} (sent by {user})");
                throw;
            }
            finally
            {
                ReportLedger();
            }
        }
    }

    /// <summary>The tickets that were used and could still be valid, and whether others are accepted.</summary>
    public TicketList Describe()
    {
        lock (_lock)
        {
            string? problem = null;
            string? fingerprint = null;
            try
            {
                using var owner = ReadOwnerKey();
                fingerprint = owner.Fingerprint.ToString();
                _ledger.Open();
                _ledger.CheckClock(_time.GetUtcNow());
            }
            catch (TicketRefusedException e)
            {
                problem = e.Message;
            }

            return new TicketList
            {
                Host = _host.MachineId,
                OwnerKey = fingerprint,
                Problem = problem,
                Tickets = [.. _ledger.Used.Select(Describe)],
            };
        }
    }

    /// <summary>What tickets allow is not ended: see <see cref="ITicketActions"/>.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _watch.Dispose();
        }

        _grants.Dispose();
    }

    private TicketStatus Take(string text, TicketUser user)
    {
        var ticket = Verify(text);
        _ledger.Open();
        if (_ledger.Find(ticket.Id) is { } before)
        {
            throw new TicketRefusedException(
                TicketRefusal.AlreadyUsed, $"the ticket {ticket.Id} was used at {TicketWords.Of(before.UsedAt)} by {before.User}; a ticket is used once");
        }

        var now = _time.GetUtcNow();
        _ledger.CheckClock(now);
        CheckTime(ticket, now);

        var sinceBoot = _clock.Boot.SinceBoot();
        var lasts = ticket.NotAfter - now < ticket.Validity ? ticket.NotAfter - now : ticket.Validity;
        var used = new UsedTicket(ticket, text, now, user, _clock.BootId, sinceBoot + lasts);
        _ledger.Add(used, sinceBoot);
        Begin(used);

        var detail = string.Create(
            CultureInfo.InvariantCulture, $"{ticket.Id} allows {Words(ticket)} for {lasts.TotalSeconds:0} s, used by {user}{Because(ticket)}{ClockWasSet()}");
        _logger.LogWarning("A ticket was used: {Detail}.", detail);
        Tell("agent.ticket-used", detail);
        return Describe(used);
    }

    private OwnerKey ReadOwnerKey()
    {
        try
        {
            return OwnerKey.Read(_host.OwnerKeyPath) ?? throw new TicketRefusedException(
                TicketRefusal.NoOwnerKey, $"there is no owner's key at {_host.OwnerKeyPath}, so that no ticket can be verified");
        }
        catch (TrustRefusedException e)
        {
            throw new TicketRefusedException(TicketRefusal.NoOwnerKey, $"no ticket can be verified: {e.Message}", e);
        }
    }

    private Ticket Verify(string text)
    {
        using var owner = ReadOwnerKey();
        var ticket = TicketReader.Read(text, owner);
        return ticket.IsFor(_host.MachineId)
            ? ticket
            : throw new TicketRefusedException(
                TicketRefusal.OtherHost, $"the ticket is for the host {ticket.Host}, and this one is {_host.MachineId ?? "without a machine id"}");
    }

    private static void CheckTime(Ticket ticket, DateTimeOffset now)
    {
        if (now + TicketLedger.ClockTolerance < ticket.NotBefore)
        {
            throw new TicketRefusedException(
                TicketRefusal.NotYetValid, $"the ticket is valid from {TicketWords.Of(ticket.NotBefore)} on, and this host's clock says {TicketWords.Of(now)}");
        }

        if (now >= ticket.NotAfter)
        {
            throw new TicketRefusedException(
                TicketRefusal.Expired, $"the ticket was valid until {TicketWords.Of(ticket.NotAfter)}, and this host's clock says {TicketWords.Of(now)}");
        }
    }

    private void Begin(UsedTicket used)
    {
        try
        {
            _grants.Begin(used.Ticket, used.EndsAt);
        }
#pragma warning disable CA1031 // Whatever it was, the owner is told that the ticket is used up and allows nothing.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.LogError(e, "What ticket {Id} allows could not be brought about.", used.Ticket.Id);
            throw new TicketRefusedException(
                TicketRefusal.NotBegun, $"the ticket {used.Ticket.Id} is used up, and what it allows ({Words(used.Ticket)}) could not be brought about: {e.Message}", e);
        }
    }

    private TicketStatus Describe(UsedTicket used)
    {
        var remaining = string.Equals(used.BootId, _clock.BootId, StringComparison.Ordinal) ? _grants.Remaining(used.Ticket.Id) : null;
        return new TicketStatus
        {
            Id = used.Ticket.Id.ToString(),
            Actions = [.. used.Ticket.Actions.Select(TicketWords.Of)],
            Host = used.Ticket.Host,
            NotBefore = used.Ticket.NotBefore,
            NotAfter = used.Ticket.NotAfter,
            Reason = used.Ticket.Reason.Length == 0 ? null : used.Ticket.Reason,
            UsedAt = used.UsedAt,
            UsedByUid = used.User.Uid,
            UsedByPid = used.User.Pid,
            RemainingSeconds = remaining is { } rest ? Math.Round(rest.TotalSeconds, 3) : null,
            ActiveUntil = remaining is { } left ? _time.GetUtcNow() + left : null,
        };
    }

    private static string Words(Ticket ticket) => string.Join(", ", ticket.Actions.Select(TicketWords.Of));

    private static string Because(Ticket ticket) => ticket.Reason.Length == 0 ? "" : ": " + ticket.Reason;

    private void Tell(string operation, string detail) => _stream.Publish(_clock.Agent(operation, detail, _generation()));
}
