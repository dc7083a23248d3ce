using System.Globalization;
using Gatehouse.Agent.Health;
using Gatehouse.Trust;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Tickets;

/// <content>What goes on between two tickets: the clock is looked at, what is over is told, what an earlier agent was allowed goes on.</content>
/// <remarks>
/// Root sets the wall clock. Set back, it would bring a ticket to life whose time is over; therefore the latest time is kept, and kept on the
/// disk. Set far ahead for a moment, it would have that time refuse every ticket from then on; therefore a time counts only when it has
/// gone on evenly from one look to the next, and an error that is corrected within minutes of a boot does no harm. A clock that stays
/// ahead for longer does: tickets are refused until it has caught up, or the ledger is removed.
/// </remarks>
internal sealed partial class TicketService
{
    private static readonly TimeSpan s_watchEvery = TimeSpan.FromMinutes(5);

    // What NTP may steer in one round is half of this.
    private static readonly TimeSpan s_even = TimeSpan.FromMinutes(1);

    private TimeSpan _clockAtStart;
    private TimeSpan? _clockBefore;
    private bool _unsaved;

    /// <summary>How far the wall clock is before the time since boot: changes only when somebody sets it.</summary>
    private TimeSpan Offset() => _time.GetUtcNow() - DateTimeOffset.UnixEpoch - _clock.Boot.SinceBoot();

    private void WatchClock()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _watch.Change(s_watchEvery, Timeout.InfiniteTimeSpan);
                NoteTheTime();
            }
        }
    }

    private void NoteTheTime()
    {
        var before = _clockBefore;
        var offset = Offset();
        _clockBefore = offset;
        if (before is null || (offset - before.Value).Duration() > s_even || !File.Exists(_host.OwnerKeyPath))
        {
            // Without an owner's key there are no tickets, and nothing of them on the disk.
            return;
        }

        try
        {
            _ledger.Open();
            _ledger.Observe(_time.GetUtcNow(), _clock.BootId, _clock.Boot.SinceBoot());
            _unsaved = false;
        }
        catch (TicketRefusedException e) when (e.Reason == TicketRefusal.NotSaved)
        {
            if (!_unsaved)
            {
                _logger.LogError("The time cannot be noted; after a restart, a clock that was set back would be believed: {Reason}", e.Message);
            }

            _unsaved = true;
        }
        catch (TicketRefusedException)
        {
            // It is on the board.
        }

        ReportLedger();
    }

    private string ClockWasSet()
    {
        var by = Offset() - _clockAtStart;
        return by.Duration() > TicketLedger.ClockTolerance
            ? string.Create(CultureInfo.InvariantCulture, $"; the clock was set {(by > TimeSpan.Zero ? "forward" : "back")} by {by.Duration().TotalSeconds:0} s since the agent started")
            : "";
    }

    private void Resume()
    {
        var now = _clock.Boot.SinceBoot();
        foreach (var used in _ledger.Used.Where(u => string.Equals(u.BootId, _clock.BootId, StringComparison.Ordinal) && u.EndsAt > now))
        {
            try
            {
                // Once more from the text, so that the file alone allows nothing, and nothing for longer than the owner has signed.
                var ticket = Verify(used.Text);
                var endsAt = used.EndsAt - now < ticket.Validity ? used.EndsAt : now + ticket.Validity;
                Begin(used with { Ticket = ticket, EndsAt = endsAt });
                var detail = string.Create(
                    CultureInfo.InvariantCulture, $"{ticket.Id} allows {Words(ticket)} for {(endsAt - now).TotalSeconds:0} s more, used by {used.User} before this agent started{Because(ticket)}");
                _logger.LogWarning("A ticket goes on: {Detail}.", detail);
                Tell("agent.ticket-used", detail);
            }
            catch (TicketRefusedException e)
            {
                _logger.LogWarning("A ticket of an earlier agent does not go on ({Refusal}): {Reason}", e.Reason, e.Message);
                Tell("agent.ticket-refused", e.Message);
            }
        }
    }

    private void ReportLedger()
    {
        string? problem = null;
        if (File.Exists(_host.OwnerKeyPath))
        {
            try
            {
                _ledger.Open();
            }
            catch (TicketRefusedException e)
            {
                problem = $"no ticket is accepted: {e.Message}";
            }
        }

        if (problem is null)
        {
            _health.Clear(HealthTopic.Tickets);
        }
        else
        {
            _health.Set(HealthTopic.Tickets, HealthLevel.Degraded, problem);
        }
    }

    private void OnEnded(Ticket ticket)
    {
        var detail = $"{ticket.Id} allows {Words(ticket)} no more{Because(ticket)}";
        _logger.LogWarning("A ticket has ended: {Detail}.", detail);
        Tell("agent.ticket-ended", detail);
    }

    private void OnStuck(string? problem)
    {
        if (problem is null)
        {
            _health.Clear(HealthTopic.TicketEnd);
            return;
        }

        _logger.LogCritical("{Problem}. Trying again every {Seconds} s.", problem, TicketGrants.LongestSleep.TotalSeconds);
        if (_health.Set(HealthTopic.TicketEnd, HealthLevel.Failing, problem))
        {
            Tell("agent.ticket-failed", problem);
        }
    }
}
