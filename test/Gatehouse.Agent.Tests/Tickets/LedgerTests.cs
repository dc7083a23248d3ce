using System.Text.Json.Nodes;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Agent.Tickets;
using Gatehouse.Sdk.Status;
using Gatehouse.Trust;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Tickets;

/// <summary>What is on the disk before a ticket allows anything, and what becomes of it in a crash, in damage, and with a clock that root sets.</summary>
public sealed class LedgerTests : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private readonly TicketDesk _desk = new();

    [Fact]
    public void That_it_is_used_is_on_the_disk_before_anything_is_allowed()
    {
        var flushed = "";
        _desk.FlushDirectory = d => flushed = d;
        string? before = null;
        _desk.Actions.OnBegin = _ => before = File.ReadAllText(_desk.Ledger) + flushed;
        var ticket = _desk.Owner.Ticket();

        _desk.Start().Use(_desk.Owner.Sign(ticket), TicketDesk.Root);

        before!.ShouldContain("BEGIN GATEHOUSE TICKET");
        before.ShouldEndWith(_desk.State);
        File.GetUnixFileMode(_desk.Ledger).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>A crash is an agent of which nothing goes on; here at the worst moment, between the disk and the seal.</summary>
    [Fact]
    public void A_crash_between_the_ledger_and_the_grant_leaves_the_ticket_used()
    {
        _desk.Actions.OnBegin = static _ => throw new InvalidOperationException("crash");
        var text = _desk.Owner.Signed();
        Should.Throw<TicketRefusedException>(() => _desk.Start().Use(text, TicketDesk.Root));

        var next = _desk.Restart("boot-2");

        next.Allows(TicketAction.Unseal).ShouldBeFalse();
        Should.Throw<TicketRefusedException>(() => next.Use(text, TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.AlreadyUsed);
        _desk.Actions.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void An_agent_of_the_same_boot_goes_on_with_what_is_not_over_until_the_same_end()
    {
        var text = _desk.Owner.Signed(TicketAction.Unseal, TicketAction.Upgrade);
        _desk.Start().Use(text, TicketDesk.Root);
        _desk.Time.Advance(20 * s_minute);

        var next = _desk.Restart();

        _desk.Actions.Calls.ShouldBe("+unseal +upgrade");
        _desk.Events.ShouldBe("ticket-used");
        _desk.LastDetail.ShouldContain("for 2400 s more");
        Should.Throw<TicketRefusedException>(() => next.Use(text, TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.AlreadyUsed);
        _desk.Time.AdvanceWithLateTimers(40 * s_minute);
        next.Allows(TicketAction.Unseal).ShouldBeFalse();
        _desk.Restart();
        _desk.Actions.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_allowed_ends_with_the_boot()
    {
        _desk.Start().Use(_desk.Owner.Signed(), TicketDesk.Root);

        var next = _desk.Restart("boot-2");

        next.Allows(TicketAction.Unseal).ShouldBeFalse();
        var listed = next.Describe().Tickets.Single();
        (listed.UsedByPid, listed.RemainingSeconds, listed.ActiveUntil).ShouldBe((4711, null, null));
    }

    [Fact]
    public void A_ledger_that_is_not_the_owners_word_allows_nothing()
    {
        using var stranger = new Owner();
        var forged = stranger.Signed(TicketAction.Unseal);
        Write(Owner.Noon, new SavedTicket(forged, Owner.Noon, 0, 1, "boot-1", 100_000_000));

        var tickets = _desk.Start();

        tickets.Allows(TicketAction.Unseal).ShouldBeFalse();
        _desk.Events.ShouldBe("ticket-refused");
    }

    [Fact]
    public void A_ledger_cannot_make_a_ticket_last_longer_than_the_owner_has_signed()
    {
        Write(Owner.Noon, new SavedTicket(_desk.Owner.Signed(), Owner.Noon, 0, 1, "boot-1", long.MaxValue / 10_000_000));

        _desk.Start().Describe().Tickets.Single().RemainingSeconds.ShouldBe(3600);
    }

    [Fact]
    public void Where_it_cannot_be_written_no_ticket_is_accepted_or_used_up()
    {
        _desk.Directory.Write("state", "a file where the directory should be");
        var tickets = _desk.Start();
        var text = _desk.Owner.Signed();

        Should.Throw<TicketRefusedException>(() => tickets.Use(text, TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.NotSaved);
        tickets.Allows(TicketAction.Unseal).ShouldBeFalse();

        File.Delete(_desk.State);
        tickets.Use(text, TicketDesk.Root);
        tickets.Allows(TicketAction.Unseal).ShouldBeTrue();
    }

    [Fact]
    public void A_flush_that_fails_allows_nothing()
    {
        _desk.FlushDirectory = static _ => throw new IOException("EIO");
        var tickets = _desk.Start();

        Should.Throw<TicketRefusedException>(() => tickets.Use(_desk.Owner.Signed(), TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.NotSaved);

        _desk.Actions.Calls.ShouldBeEmpty();
    }

    [Fact]
    public void Any_damaged_byte_of_the_ledger_closes_it()
    {
        _desk.Start().Use(_desk.Owner.Signed(), TicketDesk.Root);
        var bytes = File.ReadAllBytes(_desk.Ledger);
        for (var i = 0; i < bytes.Length; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[i] ^= 2;
            File.WriteAllBytes(_desk.Ledger, damaged);
            Should.Throw<TicketRefusedException>(() => new TicketLedger(new TicketLedgerFile(_desk.State, static _ => { })).Open(), $"byte {i}")
                .Reason.ShouldBe(TicketRefusal.LedgerUnusable);
        }
    }

    [Theory]
    [InlineData("junk")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"format":2,"checksum":"","latest":"2026-11-21T12:00:00+00:00","used":[]}""")]
    [InlineData(null)]
    public void A_damaged_or_missing_ledger_is_closed_loud_and_ends_when_both_files_are_removed(string? content)
    {
        _desk.Start().Use(_desk.Owner.Signed(), TicketDesk.Root);
        File.Delete(_desk.Ledger);
        if (content is not null)
        {
            File.WriteAllText(_desk.Ledger, content);
        }

        var tickets = _desk.Restart("boot-2");
        var e = Should.Throw<TicketRefusedException>(() => tickets.Use(_desk.Owner.Signed(), TicketDesk.Root));

        e.Reason.ShouldBe(TicketRefusal.LedgerUnusable);
        e.Message.ShouldContain($"remove {_desk.Ledger} and {_desk.Expected}");
        _desk.Health.Read().Health.ShouldBe(AgentHealth.Degraded);
        tickets.Describe().Problem.ShouldBe(e.Message);
        (File.Exists(_desk.Ledger) ? File.ReadAllText(_desk.Ledger) : null).ShouldBe(content, "what is damaged is not written over");

        File.Delete(_desk.Ledger);
        File.Delete(_desk.Expected);
        tickets.Use(_desk.Owner.Signed(), TicketDesk.Root);
        _desk.Health.Read().Health.ShouldBe(AgentHealth.Ok);
    }

    [Fact]
    public void A_ledger_with_an_entry_that_is_no_ticket_is_closed()
    {
        Write(Owner.Noon, new SavedTicket("junk", Owner.Noon, 0, 1, "boot-1", 1));

        Should.Throw<TicketRefusedException>(() => _desk.Start().Use(_desk.Owner.Signed(), TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.LedgerUnusable);
    }

    [Fact]
    public void A_full_ledger_refuses_until_the_first_one_is_over()
    {
        SavedTicket Saved(DateTimeOffset end) => new(
            _desk.Owner.Sign(_desk.Owner.Ticket() with { NotBefore = end - s_minute, NotAfter = end }), Owner.Noon, 0, 1, "boot-0", 1);
        Write(Owner.Noon, [Saved(Owner.Noon + (10 * s_minute)), .. Enumerable.Repeat(Saved(Owner.Noon + (50 * s_minute)), TicketLedger.Capacity - 1)]);
        var tickets = _desk.Start();
        var text = _desk.Owner.Signed();
        _desk.Time.AdvanceWithLateTimers(14 * s_minute);

        Should.Throw<TicketRefusedException>(() => tickets.Use(text, TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.LedgerFull);
        tickets.Allows(TicketAction.Unseal).ShouldBeFalse();

        _desk.Time.AdvanceWithLateTimers(2 * s_minute);
        tickets.Use(text, TicketDesk.Root);
        tickets.Describe().Tickets.Count.ShouldBe(TicketLedger.Capacity);
    }

    [Fact]
    public void The_largest_ledger_can_be_read_again()
    {
        var longest = _desk.Owner.Sign(_desk.Owner.Ticket([.. TicketWords.Actions]) with { Reason = new string('漢', Ticket.LongestReason) });
        Write(Owner.Noon, [.. Enumerable.Repeat(new SavedTicket(longest, Owner.Noon, uint.MaxValue, int.MaxValue, Guid.Empty.ToString(), 1), TicketLedger.Capacity)]);

        new TicketLedger(new TicketLedgerFile(_desk.State, static _ => { })).Open();
    }

    [Fact]
    public void A_clock_that_is_set_back_revives_nothing()
    {
        var ticket = _desk.Owner.Sign(_desk.Owner.Ticket() with { NotAfter = Owner.Noon + (10 * s_minute) });
        var tickets = _desk.Start();
        Watch(30);
        Should.Throw<TicketRefusedException>(() => tickets.Use(ticket, TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.Expired);

        _desk.Wall.Set(Owner.Noon + s_minute);
        var e = Should.Throw<TicketRefusedException>(() => tickets.Use(ticket, TicketDesk.Root));

        e.Reason.ShouldBe(TicketRefusal.ClockWentBack);
        e.Message.ShouldContain("2026-11-21T12:01:00Z, and 2026-11-21T12:30:00Z was seen before");
        tickets.Describe().Problem.ShouldBe(e.Message);

        // Nor after a restart, nor after a reboot.
        Should.Throw<TicketRefusedException>(() => _desk.Restart("boot-2").Use(ticket, TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.ClockWentBack);
    }

    [Fact]
    public void A_ticket_that_was_forgotten_cannot_come_back()
    {
        var text = _desk.Owner.Sign(_desk.Owner.Ticket() with { NotAfter = Owner.Noon + (10 * s_minute) });
        var tickets = _desk.Start();
        tickets.Use(text, TicketDesk.Root);
        Watch(30);
        tickets.Describe().Tickets.ShouldBeEmpty("its end is behind the latest time by more than what clocks may be apart");

        for (var minute = -60; minute < 60; minute++)
        {
            _desk.Wall.Set(Owner.Noon + (minute * s_minute));
            Should.Throw<TicketRefusedException>(() => tickets.Use(text, TicketDesk.Root), $"minute {minute}")
                .Reason.ShouldBeOneOf(TicketRefusal.ClockWentBack, TicketRefusal.Expired);
        }
    }

    [Fact]
    public void A_ticket_that_goes_on_is_not_forgotten_though_the_clock_is_set_ahead()
    {
        var text = _desk.Owner.Sign(_desk.Owner.Ticket() with { NotAfter = Owner.Noon + TimeSpan.FromHours(2) });
        var tickets = _desk.Start();
        tickets.Use(text, TicketDesk.Root);

        _desk.Wall.SetBy = TimeSpan.FromDays(100);
        Watch(30);

        tickets.Describe().Tickets.ShouldHaveSingleItem().RemainingSeconds.ShouldNotBeNull();
        _desk.Restart().Allows(TicketAction.Unseal).ShouldBeTrue();
    }

    [Fact]
    public void A_clock_that_is_ahead_for_moments_does_not_refuse_tickets_for_ever()
    {
        var tickets = _desk.Start();

        // As after a boot with a wrong battery clock, until NTP has set it; or as root would do it in passing.
        _desk.Wall.SetBy = TimeSpan.FromDays(3650);
        Watch(4);
        _desk.Wall.SetBy = TimeSpan.Zero;
        Watch(12);
        _desk.Wall.SetBy = TimeSpan.FromDays(3650);
        Watch(5);
        _desk.Wall.SetBy = TimeSpan.Zero;
        Watch(5);

        tickets.Use(_desk.Owner.Signed(), TicketDesk.Root).RemainingSeconds.ShouldNotBeNull();
    }

    [Fact]
    public void A_clock_that_stays_ahead_is_believed_and_refuses_tickets_when_it_is_set_right()
    {
        var tickets = _desk.Start();
        _desk.Wall.SetBy = TimeSpan.FromHours(2);
        Watch(15);
        _desk.Wall.SetBy = TimeSpan.Zero;

        Should.Throw<TicketRefusedException>(() => tickets.Use(_desk.Owner.Signed(), TicketDesk.Root)).Reason.ShouldBe(TicketRefusal.ClockWentBack);

        // When it has caught up, all is well again.
        Watch(125);
        var later = _desk.Owner.Ticket() with { NotBefore = Owner.Noon + TimeSpan.FromHours(2), NotAfter = Owner.Noon + TimeSpan.FromHours(3) };
        tickets.Use(_desk.Owner.Sign(later), TicketDesk.Root);
    }

    [Fact]
    public void A_clock_that_was_set_since_the_start_is_told_with_the_ticket()
    {
        var tickets = _desk.Start();
        _desk.Wall.SetBy = 30 * s_minute;

        tickets.Use(_desk.Owner.Signed(), TicketDesk.Root);

        _desk.LastDetail.ShouldEndWith("; the clock was set forward by 1800 s since the agent started");
    }

    [Fact]
    public void Without_an_owners_key_nothing_is_written()
    {
        File.Delete(_desk.OwnerPath);
        _desk.Start();

        Watch(60);

        Directory.Exists(_desk.State).ShouldBeFalse();
        _desk.Health.Read().Health.ShouldBe(AgentHealth.Ok);
    }

    [Fact]
    public void A_time_that_cannot_be_noted_is_no_crash_and_noted_when_it_can_be()
    {
        _desk.FlushDirectory = static _ => throw new IOException("EIO");
        _desk.Start();
        Watch(30);

        _desk.FlushDirectory = static _ => { };
        Watch(5);

        JsonNode.Parse(File.ReadAllText(_desk.Ledger))!["latest"]!.GetValue<DateTimeOffset>().ShouldBe(Owner.Noon + (35 * s_minute));
    }

    public void Dispose() => _desk.Dispose();

    private void Watch(int minutes)
    {
        for (var i = 0; i < minutes; i++)
        {
            _desk.Time.Advance(s_minute);
        }
    }

    private void Write(DateTimeOffset latest, params SavedTicket[] used) => new TicketLedgerFile(_desk.State, static _ => { }).Write(latest, used);
}
