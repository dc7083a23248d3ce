using Gatehouse.Agent.Events;
using Gatehouse.Kernel;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class SequenceLedgerTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(300);
    private TimeSpan _now;

    [Fact]
    public void Events_that_arrive_out_of_order_are_no_loss()
    {
        var ledger = new SequenceLedger(tookOver: false);
        foreach (var number in (ulong[])[2, 1, 5, 3, 4, 8])
        {
            ledger.Observe("process", number);
        }

        ledger.HasUnexplainedGap.ShouldBeTrue();
        Look(ledger, Counters()).ShouldBeEmpty();
        ledger.Observe("process", 7);
        ledger.Observe("process", 6);

        ledger.HasUnexplainedGap.ShouldBeFalse();
        LookForLong(ledger, Counters()).ShouldBeEmpty();
    }

    [Fact]
    public void What_the_kernel_counts_is_reported_once_and_explains_the_gap()
    {
        var ledger = new SequenceLedger(tookOver: false);
        Observe(ledger, "process", 1, 2, 6);

        var losses = Look(ledger, Counters(("process.exec", 3)));

        losses.ShouldHaveSingleItem().ShouldBe("kernel-ring process.exec=3");
        ledger.HasUnexplainedGap.ShouldBeFalse();
        LookForLong(ledger, Counters(("process.exec", 3))).ShouldBeEmpty();
        Look(ledger, Counters(("process.exec", 4))).ShouldBe(["kernel-ring process.exec=1"]);
    }

    [Fact]
    public void A_number_that_never_comes_and_is_not_counted_is_reported_once_after_the_window()
    {
        var ledger = new SequenceLedger(tookOver: false);
        Observe(ledger, "image", 1, 2, 5);

        var losses = LookForLong(ledger, Counters());

        losses.ShouldBe(["sequence-gap image=2"]);
        ledger.GapsReported["image"].ShouldBe(2ul);
        LookForLong(ledger, Counters()).ShouldBeEmpty();
    }

    [Fact]
    public void Events_in_flight_at_each_look_are_not_taken_for_lost()
    {
        var ledger = new SequenceLedger(tookOver: false);
        ulong next = 1;

        // One event is always late by one look, as on a host that never rests.
        for (var i = 0; i < 40; i++)
        {
            Observe(ledger, "process", next + 1);
            var losses = Look(ledger, Counters());
            Observe(ledger, "process", next);
            if (i % 4 == 3)
            {
                Look(ledger, Counters());
            }

            losses.ShouldBeEmpty();
            next += 2;
        }
    }

    [Fact]
    public void A_real_gap_is_found_among_events_in_flight()
    {
        var ledger = new SequenceLedger(tookOver: false);
        Observe(ledger, "process", 1, 3);
        var losses = new List<string>();
        ulong next = 4;
        for (var i = 0; i < 20; i++)
        {
            Observe(ledger, "process", next + 1);
            losses.AddRange(Look(ledger, Counters()));
            Observe(ledger, "process", next);
            losses.AddRange(Look(ledger, Counters()));
            next += 2;
        }

        losses.ShouldBe(["sequence-gap process=1"]);
    }

    [Fact]
    public void The_first_events_of_all_are_missed_when_the_agent_attached_itself()
    {
        var ledger = new SequenceLedger(tookOver: false);
        Observe(ledger, "process", 4);

        LookForLong(ledger, Counters()).ShouldBe(["sequence-gap process=3"]);
    }

    [Fact]
    public void After_a_take_over_what_the_earlier_agent_read_is_no_loss()
    {
        var ledger = new SequenceLedger(tookOver: true);
        Observe(ledger, "process", 1000, 999, 1001);

        LookForLong(ledger, Counters()).ShouldBeEmpty();
    }

    [Fact]
    public void After_a_take_over_earlier_losses_are_reported_as_such_and_explain_the_hole_in_the_ring()
    {
        var ledger = new SequenceLedger(tookOver: true);
        Observe(ledger, "process", 10, 11, 40);

        Look(ledger, Counters(("process.exec", 28))).ShouldBe(["before-start process.exec=28"]);
        LookForLong(ledger, Counters(("process.exec", 28))).ShouldBeEmpty();
        Look(ledger, Counters(("process.exec", 30))).ShouldBe(["kernel-ring process.exec=2"]);
    }

    [Fact]
    public void A_loss_in_one_class_does_not_explain_a_gap_in_another()
    {
        var ledger = new SequenceLedger(tookOver: false);
        Observe(ledger, "image", 1, 3);

        var losses = LookForLong(ledger, Counters(("process.exec", 1)));

        losses.ShouldBe(["kernel-ring process.exec=1", "sequence-gap image=1"]);
    }

    [Fact]
    public void Threads_are_a_class_of_their_own_whose_losses_explain_its_gaps()
    {
        var ledger = new SequenceLedger(tookOver: false);
        Observe(ledger, "thread", 1, 4);
        Observe(ledger, "process", 1, 2);

        LookForLong(ledger, Counters(("thread.open", 1), ("thread.create", 1), ("process.open", 0)))
            .ShouldBe(["kernel-ring thread.open=1 thread.create=1"]);
    }

    private static void Observe(SequenceLedger ledger, string @class, params ulong[] numbers)
    {
        foreach (var number in numbers)
        {
            ledger.Observe(@class, number);
        }
    }

    private static GateCounters Counters(params (string Operation, ulong Lost)[] lost) => new(
        new Dictionary<string, ulong>(StringComparer.Ordinal),
        lost.ToDictionary(static l => l.Operation, static l => l.Lost, StringComparer.Ordinal),
        LastSequence: 0);

    private List<string> Look(SequenceLedger ledger, GateCounters counters)
    {
        _now += Step;
        return [.. ledger.Reconcile(counters, _now)
            .Select(static l => $"{l.Cause} {string.Join(' ', l.Lost.Select(static c => $"{c.Key}={c.Value}"))}")];
    }

    private List<string> LookForLong(SequenceLedger ledger, GateCounters counters) =>
        [.. Enumerable.Range(0, 30).SelectMany(_ => Look(ledger, counters))];
}
