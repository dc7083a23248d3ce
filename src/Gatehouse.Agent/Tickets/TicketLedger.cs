using Gatehouse.Trust;

namespace Gatehouse.Agent.Tickets;

/// <summary>Which tickets were used, and the latest time that was seen. Not thread-safe.</summary>
/// <remarks>
/// <para>Two rules make "once" hold although the clock is root's. A clock that is behind the latest time that was seen is not believed
/// (<see cref="CheckClock"/>), and a ticket is forgotten only when its end is behind that time: so whenever a clock is believed, each ticket
/// that was forgotten is over.</para>
/// <para>The latest time is not extrapolated: a clock that was wrongly ahead, and is right again, is believed when it has caught up.
/// Once this was opened, the file is only written and not read again.</para>
/// </remarks>
internal sealed class TicketLedger(TicketLedgerFile file)
{
    /// <summary>So many tickets are remembered; about 2 MiB.</summary>
    public const int Capacity = 1024;

    /// <summary>How far clocks may be apart that are both right: the owner's and this host's, and this host's before and after it was set.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private List<UsedTicket> _used = [];
    private bool _isOpen;

    /// <summary>The latest time that was seen.</summary>
    public DateTimeOffset Latest { get; private set; } = DateTimeOffset.UnixEpoch;

    /// <summary>The tickets, the first used first.</summary>
    public IReadOnlyList<UsedTicket> Used => _used;

    /// <summary>Reads what was used before; what failed is tried again the next time.</summary>
    /// <exception cref="TicketRefusedException"><see cref="TicketRefusal.LedgerUnusable"/>.</exception>
    public void Open()
    {
        if (_isOpen)
        {
            return;
        }

        if (file.Read() is { } saved)
        {
            _used = [.. saved.Used.Select(Restore)];
            Latest = saved.Latest > DateTimeOffset.UnixEpoch ? saved.Latest : DateTimeOffset.UnixEpoch;
        }

        _isOpen = true;
    }

    /// <summary>Whether a ticket was used.</summary>
    public UsedTicket? Find(TicketId id) => _used.Find(u => u.Ticket.Id == id);

    /// <exception cref="TicketRefusedException"><see cref="TicketRefusal.ClockWentBack"/>.</exception>
    public void CheckClock(DateTimeOffset now)
    {
        if (now < Latest - ClockTolerance)
        {
            throw new TicketRefusedException(
                TicketRefusal.ClockWentBack,
                $"this host's clock says {TicketWords.Of(now)}, and {TicketWords.Of(Latest)} was seen before: nobody can say whether the ticket's time is over. Set the clock right");
        }
    }

    /// <summary>Notes that a ticket is used. When this returns, that is on the disk.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="sinceBoot">The time of now, since this boot.</param>
    /// <exception cref="TicketRefusedException">
    /// <see cref="TicketRefusal.LedgerFull"/> or <see cref="TicketRefusal.NotSaved"/>: it does not count as used.
    /// </exception>
    public void Add(UsedTicket ticket, TimeSpan sinceBoot)
    {
        var latest = ticket.UsedAt > Latest ? ticket.UsedAt : Latest;
        var kept = Kept(latest, ticket.BootId, sinceBoot);
        if (kept.Count >= Capacity)
        {
            throw new TicketRefusedException(
                TicketRefusal.LedgerFull,
                $"{Capacity} used tickets are remembered, and none of them is over yet; there is room when the first one is");
        }

        kept.Add(ticket);
        Save(latest, kept);
    }

    /// <summary>Notes a time that was seen.</summary>
    /// <exception cref="TicketRefusedException"><see cref="TicketRefusal.NotSaved"/>.</exception>
    public void Observe(DateTimeOffset now, string bootId, TimeSpan sinceBoot)
    {
        if (now > Latest)
        {
            Save(now, Kept(now, bootId, sinceBoot));
        }
    }

    private static UsedTicket Restore(SavedTicket saved)
    {
        try
        {
            return new UsedTicket(
                TicketReader.ReadUnverified(saved.Ticket),
                saved.Ticket,
                saved.UsedAt,
                new TicketUser(saved.Uid, saved.Pid),
                saved.BootId,
                TimeSpan.FromMilliseconds(saved.EndsAtMilliseconds));
        }
        catch (Exception e) when (e is TicketRefusedException or OverflowException or ArgumentException)
        {
            throw new TicketRefusedException(TicketRefusal.LedgerUnusable, $"the ledger has an entry that is none ({e.Message}); no ticket is accepted", e);
        }
    }

    private static SavedTicket Save(UsedTicket used) =>
        new(used.Text, used.UsedAt, used.User.Uid, used.User.Pid, used.BootId, (long)used.EndsAt.TotalMilliseconds);

    private List<UsedTicket> Kept(DateTimeOffset latest, string bootId, TimeSpan sinceBoot) =>
        _used.FindAll(u => u.Ticket.NotAfter >= latest - ClockTolerance
            || (string.Equals(u.BootId, bootId, StringComparison.Ordinal) && u.EndsAt > sinceBoot));

    private void Save(DateTimeOffset latest, List<UsedTicket> used)
    {
        file.Write(latest, [.. used.Select(Save)]);
        (Latest, _used) = (latest, used);
    }
}
