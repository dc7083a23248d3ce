using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Status;
using Gatehouse.Trust;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Tickets;

/// <summary>How long what tickets allow lasts, and that it begins and ends once.</summary>
public sealed class GrantTests : IDisposable
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private readonly TicketDesk _desk = new();

    [Fact]
    public void It_ends_by_itself_at_the_end_of_the_ticket()
    {
        var tickets = _desk.Start();
        tickets.Use(_desk.Owner.Signed(), TicketDesk.Root);

        Pass(s_hour - s_second);
        tickets.Allows(TicketAction.Unseal).ShouldBeTrue();
        _desk.Actions.Calls.ShouldBe("+unseal");
        Pass(s_second);

        tickets.Allows(TicketAction.Unseal).ShouldBeFalse();
        _desk.Actions.Calls.ShouldBe("+unseal -unseal");
        _desk.Events.ShouldBe("ticket-used ticket-ended");
        tickets.Describe().Tickets.Single().RemainingSeconds.ShouldBeNull();
        Pass(2 * s_hour);
        _desk.Actions.Calls.ShouldBe("+unseal -unseal");
    }

    [Fact]
    public void Setting_the_clock_makes_it_neither_longer_nor_shorter()
    {
        var tickets = _desk.Start();
        tickets.Use(_desk.Owner.Signed(), TicketDesk.Root);
        foreach (var by in (TimeSpan[])[TimeSpan.FromDays(-300), TimeSpan.FromDays(300)])
        {
            _desk.Wall.SetBy = by;
            Pass(TimeSpan.FromMinutes(20));
            tickets.Allows(TicketAction.Unseal).ShouldBeTrue();
            tickets.Describe().Tickets.Single().ActiveUntil.ShouldBe(Owner.Noon + s_hour + by);
        }

        _desk.Wall.SetBy = TimeSpan.FromMinutes(-59);
        Pass(TimeSpan.FromMinutes(20));

        tickets.Allows(TicketAction.Unseal).ShouldBeFalse();
        _desk.Actions.Calls.ShouldBe("+unseal -unseal");
    }

    [Fact]
    public void After_a_sleep_of_the_host_nothing_is_allowed_although_no_timer_has_fired_and_within_ten_seconds_it_is_undone()
    {
        var tickets = _desk.Start();
        tickets.Use(_desk.Owner.Signed(), TicketDesk.Root);

        _desk.Slept = 2 * s_hour;

        tickets.Allows(TicketAction.Unseal).ShouldBeFalse();
        _desk.Actions.Calls.ShouldBe("+unseal");
        _desk.Time.Advance(TimeSpan.FromSeconds(10));
        _desk.Actions.Calls.ShouldBe("+unseal -unseal");
    }

    [Fact]
    public void Of_tickets_that_overlap_the_action_begins_with_the_first_and_ends_with_the_last()
    {
        var tickets = _desk.Start();
        tickets.Use(_desk.Owner.Signed(TicketAction.Unseal, TicketAction.Stop), TicketDesk.Root);
        tickets.Use(_desk.Owner.Sign(_desk.Owner.Ticket() with { NotAfter = Owner.Noon + (2 * s_hour) }), TicketDesk.Root);

        _desk.Actions.Calls.ShouldBe("+unseal +stop");
        Pass(s_hour);
        _desk.Actions.Calls.ShouldBe("+unseal +stop -stop");
        TicketWords.Actions.Where(tickets.Allows).ShouldBe([TicketAction.Unseal]);
        Pass(s_hour);
        _desk.Actions.Calls.ShouldBe("+unseal +stop -stop -unseal");
        _desk.Events.ShouldBe("ticket-used ticket-used ticket-ended ticket-ended");
    }

    [Fact]
    public void What_cannot_be_brought_about_is_told_used_up_and_undone()
    {
        _desk.Actions.OnBegin = static a =>
        {
            if (a == TicketAction.Policy)
            {
                throw new InvalidOperationException("no such luck");
            }
        };
        var tickets = _desk.Start();
        var text = _desk.Owner.Signed(TicketAction.Unseal, TicketAction.Policy);

        var e = Should.Throw<TicketRefusedException>(() => tickets.Use(text, TicketDesk.Root));

        (e.Reason, e.Message.Contains("no such luck", StringComparison.Ordinal)).ShouldBe((TicketRefusal.NotBegun, true));
        _desk.Actions.Calls.ShouldBe("+unseal -unseal");
        TicketWords.Actions.ShouldAllBe(a => !tickets.Allows(a));
        _desk.Actions.OnBegin = null;
        Should.Throw<TicketRefusedException>(() => tickets.Use(text, TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.AlreadyUsed);
        tickets.Use(_desk.Owner.Signed(TicketAction.Policy), TicketDesk.Root);
        _desk.Actions.Calls.ShouldBe("+unseal -unseal +policy");
    }

    [Fact]
    public void What_cannot_be_ended_is_loud_not_allowed_and_tried_again()
    {
        _desk.Actions.OnEnd = static _ => throw new InvalidOperationException("stuck");
        var tickets = _desk.Start();
        tickets.Use(_desk.Owner.Signed(), TicketDesk.Root);

        Pass(s_hour);

        tickets.Allows(TicketAction.Unseal).ShouldBeFalse();
        _desk.Health.Read().Health.ShouldBe(AgentHealth.Failing);
        _desk.Health.Read().Problems.Single().ShouldBe("what a ticket allowed (unseal) is over and could not be ended: stuck");
        _desk.Events.ShouldBe("ticket-used ticket-failed ticket-ended");
        _desk.Actions.OnEnd = null;
        Pass(TimeSpan.FromSeconds(10));
        _desk.Health.Read().Health.ShouldBe(AgentHealth.Ok);
        Pass(s_hour);
        _desk.Actions.Calls.ShouldBe("+unseal -unseal");
    }

    [Fact]
    public void What_is_stuck_and_then_allowed_again_is_one_beginning()
    {
        _desk.Actions.OnEnd = static _ => throw new InvalidOperationException("stuck");
        var tickets = _desk.Start();
        tickets.Use(_desk.Owner.Signed(), TicketDesk.Root);
        Pass(s_hour);

        tickets.Use(_desk.Owner.Sign(_desk.Owner.Ticket() with { NotAfter = Owner.Noon + (2 * s_hour) }), TicketDesk.Root);
        _desk.Health.Read().Health.ShouldBe(AgentHealth.Ok);
        _desk.Actions.OnEnd = null;
        Pass(s_hour);

        _desk.Actions.Calls.ShouldBe("+unseal -unseal");
    }

    [Fact]
    public void Who_brings_it_about_may_ask_what_is_allowed()
    {
        var tickets = _desk.Start();
        List<bool> asked = [];
        _desk.Actions.OnBegin = _ => asked.Add(tickets.Allows(TicketAction.Unseal));
        _desk.Actions.OnEnd = _ => asked.Add(tickets.Allows(TicketAction.Unseal));

        tickets.Use(_desk.Owner.Signed(), TicketDesk.Root);
        Pass(s_hour);

        // Allowed is only what was brought about, and nothing that is being undone.
        asked.ShouldBe([false, false]);
    }

    [Fact]
    public async Task Uses_and_ends_at_the_same_time_leave_each_beginning_with_its_end()
    {
        var tickets = _desk.Start();
        var cancel = TestContext.Current.CancellationToken;
        var passing = Task.Run(
            () =>
            {
                for (var i = 0; i < 400; i++)
                {
                    _desk.Time.Advance(s_second);
                }
            },
            cancel);
        var using_ = Enumerable.Range(0, 3).Select(n => Task.Run(
            () =>
            {
                for (var i = 0; i < 30; i++)
                {
                    var now = new DateTimeOffset(_desk.Time.GetUtcNow().Ticks, TimeSpan.Zero);
                    var ticket = _desk.Owner.Ticket(TicketWords.Actions[n], TicketAction.Policy) with { NotBefore = now, NotAfter = now + (3 * s_second) };
                    try
                    {
                        tickets.Use(_desk.Owner.Sign(ticket), TicketDesk.Root);
                    }
                    catch (TicketRefusedException e) when (e.Reason == TicketRefusal.Expired)
                    {
                        // The time passes quickly here.
                    }
                }
            },
            cancel));
        await Task.WhenAll([passing, .. using_]);
        Pass(s_hour);

        foreach (var word in TicketWords.Actions.Select(TicketWords.Of))
        {
            var calls = _desk.Actions.Calls.Split(' ').Where(c => c[1..] == word).ToList();
            calls.Count.ShouldBeGreaterThan(1, word);
            (calls.Count % 2).ShouldBe(0, word);
            calls.Where((c, i) => c[0] != (i % 2 == 0 ? '+' : '-')).ShouldBeEmpty(word);
        }
    }

    public void Dispose() => _desk.Dispose();

    /// <summary>Time passes in small steps, as timers that set themselves anew want it.</summary>
    private void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(10))
        {
            _desk.Time.Advance(left < TimeSpan.FromSeconds(10) ? left : TimeSpan.FromSeconds(10));
        }
    }
}
