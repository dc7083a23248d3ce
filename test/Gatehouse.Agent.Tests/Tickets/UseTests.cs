using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Trust;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Tickets;

/// <summary>Which tickets are accepted, and why the others are not.</summary>
public sealed class UseTests : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private readonly TicketDesk _desk = new();

    [Fact]
    public void A_ticket_allows_what_it_names_and_nothing_else()
    {
        var tickets = _desk.Start();
        TicketWords.Actions.ShouldAllBe(a => !tickets.Allows(a));
        _desk.Time.Advance(TimeSpan.FromMinutes(10));

        var used = tickets.Use(_desk.Owner.Signed(TicketAction.Unseal, TicketAction.Policy), TicketDesk.Root);

        TicketWords.Actions.Where(tickets.Allows).ShouldBe([TicketAction.Unseal, TicketAction.Policy]);
        _desk.Actions.Calls.ShouldBe("+unseal +policy");
        (used.RemainingSeconds, used.ActiveUntil, used.UsedByUid, used.UsedByPid, used.Reason)
            .ShouldBe((50 * 60, Owner.Noon + TimeSpan.FromHours(1), 0u, 4711, "replace the disk"));
        _desk.Events.ShouldBe("ticket-used");
        _desk.LastDetail.ShouldBe($"{used.Id} allows unseal, policy for 3000 s, used by user 0 (process 4711): replace the disk");
    }

    [Fact]
    public void Each_reason_of_a_refusal_is_told_and_nothing_is_allowed_or_used_up()
    {
        var owner = _desk.Owner;
        using var stranger = new Owner();
        (TicketRefusal Reason, string Text)[] refused =
        [
            (TicketRefusal.Malformed, "junk"),
            (TicketRefusal.Malformed, owner.Signed() + "\n"),
            (TicketRefusal.OtherKey, stranger.Signed()),
            (TicketRefusal.WrongSignature, Forged()),
            (TicketRefusal.OtherHost, owner.Sign(owner.Ticket() with { Host = new string('a', 32) })),
            (TicketRefusal.NotYetValid, owner.Sign(owner.Ticket() with { NotBefore = Owner.Noon + (6 * s_minute) })),
            (TicketRefusal.Expired, owner.Sign(owner.Ticket() with { NotBefore = Owner.Noon - s_minute, NotAfter = Owner.Noon })),
        ];
        var tickets = _desk.Start();

        foreach (var (reason, text) in refused)
        {
            var e = Should.Throw<TicketRefusedException>(() => tickets.Use(text, TicketDesk.Root), reason.ToString());
            e.Reason.ShouldBe(reason);
            _desk.LastDetail.ShouldBe($"{e.Message} (sent by user 0 (process 4711))");
        }

        _desk.Events.Split(' ').ShouldBe(Enumerable.Repeat("ticket-refused", refused.Length));
        _desk.Actions.Calls.ShouldBeEmpty();
        tickets.Describe().Tickets.ShouldBeEmpty();
        File.Exists(_desk.Ledger).ShouldBeFalse();
    }

    [Fact]
    public void Without_an_owners_key_or_with_one_that_cannot_be_read_every_ticket_is_refused()
    {
        var tickets = _desk.Start();
        var text = _desk.Owner.Signed();
        foreach (var break_ in (Action[])[() => File.WriteAllText(_desk.OwnerPath, "junk"), () => File.Delete(_desk.OwnerPath)])
        {
            break_();
            Refusal(tickets, text).ShouldBe(TicketRefusal.NoOwnerKey);
            tickets.Describe().Problem!.ShouldContain("no ticket can be verified");
        }

        File.WriteAllText(_desk.OwnerPath, _desk.Owner.PublicPem);
        Refusal(tickets, text).ShouldBeNull();
    }

    [Fact]
    public void A_ticket_for_any_host_is_for_this_one_also_if_it_has_no_id()
    {
        _desk.MachineId = null;
        var tickets = _desk.Start();

        Refusal(tickets, _desk.Owner.Signed()).ShouldBe(TicketRefusal.OtherHost);
        Refusal(tickets, _desk.Owner.Sign(_desk.Owner.Ticket() with { Host = null })).ShouldBeNull();
    }

    [Fact]
    public void A_ticket_is_used_once()
    {
        var tickets = _desk.Start();
        var text = _desk.Owner.Signed();
        tickets.Use(text, TicketDesk.Root);

        var e = Should.Throw<TicketRefusedException>(() => tickets.Use(text, TicketDesk.Root));

        (e.Reason, e.Message.Contains("was used at 2026-11-21T12:00:00Z by user 0 (process 4711)", StringComparison.Ordinal)).ShouldBe((TicketRefusal.AlreadyUsed, true));
        _desk.Time.Advance(TimeSpan.FromMinutes(59));
        Refusal(_desk.Restart("boot-2"), text).ShouldBe(TicketRefusal.AlreadyUsed);
    }

    [Fact]
    public async Task Of_two_that_use_the_same_ticket_at_the_same_time_exactly_one_wins()
    {
        var tickets = _desk.Start();
        for (var round = 0; round < 20; round++)
        {
            var text = _desk.Owner.Signed(TicketAction.Stop);
            using var start = new Barrier(8);

            var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return Refusal(tickets, text);
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            outcomes.Count(static o => o is null).ShouldBe(1);
            outcomes.Count(static o => o == TicketRefusal.AlreadyUsed).ShouldBe(7);
        }

        _desk.Actions.Calls.ShouldBe("+stop");
        tickets.Describe().Tickets.Count.ShouldBe(20);
    }

    [Fact]
    public void The_clocks_of_owner_and_host_may_be_minutes_apart_and_nothing_lasts_longer_for_it()
    {
        var tickets = _desk.Start();

        var used = tickets.Use(_desk.Owner.Sign(_desk.Owner.Ticket() with { NotBefore = Owner.Noon + (5 * s_minute) }), TicketDesk.Root);

        used.RemainingSeconds.ShouldBe(55 * 60);
    }

    [Fact]
    public void The_longest_and_earliest_and_latest_tickets_do_no_harm()
    {
        var tickets = _desk.Start();
        var owner = _desk.Owner;

        Refusal(tickets, owner.Sign(owner.Ticket() with { NotBefore = DateTimeOffset.MinValue, NotAfter = DateTimeOffset.MinValue + s_minute }))
            .ShouldBe(TicketRefusal.Expired);
        Refusal(tickets, owner.Sign(owner.Ticket() with { NotBefore = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero), NotAfter = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero) }))
            .ShouldBe(TicketRefusal.NotYetValid);
        tickets.Use(owner.Sign(owner.Ticket() with { NotAfter = Owner.Noon + Ticket.LongestValidity }), TicketDesk.Root)
            .RemainingSeconds.ShouldBe(Ticket.LongestValidity.TotalSeconds);
    }

    [Theory]
    [InlineData("4c4c45440042351080354fc04f463032\n", "4c4c45440042351080354fc04f463032")]
    [InlineData("uninitialized\n", null)]
    [InlineData("", null)]
    public void The_machine_id_is_that_of_the_file(string text, string? id) =>
        Agent.Tickets.TicketHost.ReadMachineId(_desk.Directory.Write("machine-id", text)).ShouldBe(id);

    [Fact]
    public void Without_a_file_there_is_no_machine_id() => Agent.Tickets.TicketHost.ReadMachineId(_desk.Directory.File("none")).ShouldBeNull();

    public void Dispose() => _desk.Dispose();

    private static TicketRefusal? Refusal(Agent.Tickets.TicketService tickets, string text)
    {
        try
        {
            tickets.Use(text, TicketDesk.Root);
            return null;
        }
        catch (TicketRefusedException e)
        {
            return e.Reason;
        }
    }

    /// <summary>The body of one ticket with the signature of another.</summary>
    private string Forged()
    {
        var (a, b) = (Bytes(_desk.Owner.Signed()), Bytes(_desk.Owner.Signed(TicketAction.Policy)));
        var lines = Convert.ToBase64String([.. a[..^64], .. b[^64..]]).Chunk(64).Select(static c => new string(c));
        return $"{TicketReader.FirstLine}\n{string.Join('\n', lines)}\n{TicketReader.LastLine}\n";

        static byte[] Bytes(string text) => Convert.FromBase64String(string.Concat(text.Split('\n')[1..^2]));
    }
}
