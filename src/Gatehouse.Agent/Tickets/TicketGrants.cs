using Gatehouse.Trust;

namespace Gatehouse.Agent.Tickets;

/// <summary>What tickets allow at this moment, by the time since boot: nobody sets that, and it goes on while the host sleeps.</summary>
internal sealed class TicketGrants : IDisposable
{
    /// <summary>Timers stand still while the host sleeps. So nobody sleeps longer than this before looking again.</summary>
    public static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(10);

    private readonly ITicketActions _actions;
    private readonly Func<TimeSpan> _sinceBoot;
    private readonly Action<Ticket> _ended;
    private readonly Action<string?> _stuck;
    private readonly Lock _lock = new();
    private readonly HashSet<TicketAction> _begun = [];
    private readonly ITimer _timer;
    private volatile Grant[] _grants = [];
    private bool _disposed;

    /// <param name="actions">What to call.</param>
    /// <param name="sinceBoot">The time since boot.</param>
    /// <param name="time">For timers.</param>
    /// <param name="ended">Called after a ticket's time is over.</param>
    /// <param name="stuck">Called with why something that is over could not be ended; with null when it is ended at last.</param>
    public TicketGrants(ITicketActions actions, Func<TimeSpan> sinceBoot, TimeProvider time, Action<Ticket> ended, Action<string?> stuck)
    {
        _actions = actions;
        _sinceBoot = sinceBoot;
        _ended = ended;
        _stuck = stuck;
        _timer = time.CreateTimer(_ => Settle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether an action is allowed. Exact: it does not wait for a timer, nor for anybody who begins or ends something.</summary>
    public bool Allows(TicketAction action)
    {
        var now = _sinceBoot();
        return Array.Exists(_grants, g => g.EndsAt > now && g.Ticket.Actions.Contains(action));
    }

    /// <summary>How long a ticket still allows something; null if it does not.</summary>
    public TimeSpan? Remaining(TicketId id) =>
        Array.Find(_grants, g => g.Ticket.Id == id) is { } grant && grant.EndsAt - _sinceBoot() is var rest && rest > TimeSpan.Zero ? rest : null;

    /// <summary>Allows what a ticket allows.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="endsAt">Until when, since boot.</param>
    /// <remarks>Throws what <see cref="ITicketActions.Begin"/> throws; nothing is allowed then by this ticket, and what it had begun is ended.</remarks>
    public void Begin(Ticket ticket, TimeSpan endsAt)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            try
            {
                foreach (var action in ticket.Actions)
                {
                    if (!_begun.Contains(action))
                    {
                        _actions.Begin(action, ticket);
                        _begun.Add(action);
                    }
                }

                _grants = [.. _grants, new Grant(ticket, endsAt)];
            }
            finally
            {
                SettleLocked();
            }
        }
    }

    /// <summary>Nothing is ended: see <see cref="ITicketActions"/>.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private void Settle()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                SettleLocked();
            }
        }
    }

    private void SettleLocked()
    {
        var now = _sinceBoot();
        var over = Array.FindAll(_grants, g => g.EndsAt <= now);
        if (over.Length > 0)
        {
            // First nobody is allowed anything, then it is undone.
            _grants = Array.FindAll(_grants, g => g.EndsAt > now);
        }

        var wasStuck = EndWhatIsOver();
        foreach (var grant in over)
        {
            _ended(grant.Ticket);
        }

        var next = wasStuck ? LongestSleep
            : _grants.Length == 0 ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromTicks(Math.Min(LongestSleep.Ticks, _grants.Min(g => g.EndsAt - now).Ticks));
        _timer.Change(next, Timeout.InfiniteTimeSpan);
    }

    private bool EndWhatIsOver()
    {
        string? problem = null;
        foreach (var action in _begun.Where(a => !Array.Exists(_grants, g => g.Ticket.Actions.Contains(a))).Order().ToArray())
        {
            try
            {
                _actions.End(action);
                _begun.Remove(action);
            }
#pragma warning disable CA1031 // Whatever it was: it is told, and tried again. A timer's thread may not throw.
            catch (Exception e)
#pragma warning restore CA1031
            {
                problem = $"what a ticket allowed ({TicketWords.Of(action)}) is over and could not be ended: {e.Message}";
            }
        }

        _stuck(problem);
        return problem is not null;
    }

    private sealed record Grant(Ticket Ticket, TimeSpan EndsAt);
}
