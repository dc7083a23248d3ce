using System.Buffers.Binary;
using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Clients.Wire;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Clients;

/// <summary>One subscription's way through the log, batch by batch.</summary>
public sealed class EventReaderTests
{
    private static readonly string[] s_all = ["process", "image"];

    private readonly StreamClock _clock = new(new BootClock(TimeProvider.System, static () => TimeSpan.FromSeconds(1)), "boot");
    private readonly byte[] _room = new byte[EventLayout.LargestBatch];

    [Fact]
    public void The_mark_of_a_batch_is_how_far_it_has_looked_and_not_how_far_the_log_is()
    {
        var log = Log(segments: 4, events: 2_000);
        var reader = new EventReader(log, _clock, Matcher(), after: 0, lastNumber: 0);

        var (first, count, mark) = Fill(reader);

        (first, mark).ShouldBe((1ul, (ulong)count));
        count.ShouldBeLessThan(2_000, "more than a batch holds");
        log.LastSequence.ShouldBe(2_000ul);
    }

    [Fact]
    public void What_is_muted_is_looked_at_too()
    {
        var log = Log(segments: 4, events: 100);
        var reader = new EventReader(log, _clock, Matcher("image.load"), after: 0, lastNumber: 0);

        reader.Fill(_room).ShouldBe(0);

        reader.LookedSequence.ShouldBe(100ul);
    }

    [Fact]
    public void All_batches_together_are_all_events_in_their_order()
    {
        var reader = new EventReader(Log(segments: 8, events: 5_000), _clock, Matcher(), after: 0, lastNumber: 0);
        var (next, total) = (1ul, 0L);
        while (Fill(reader) is { Count: > 0 } batch)
        {
            batch.First.ShouldBe(next);
            next += (ulong)batch.Count;
            total += batch.Count;
        }

        (total, reader.Lost).ShouldBe((5_000L, 0ul));
    }

    [Fact]
    public void Who_begins_at_a_cursor_gets_what_is_behind_it()
    {
        var reader = new EventReader(Log(segments: 8, events: 5_000), _clock, Matcher(), after: 4_990, lastNumber: 70);

        Fill(reader).ShouldBe((71ul, 10L, 5_000ul));
    }

    [Fact]
    public void What_has_gone_over_is_counted_once_and_the_rest_comes()
    {
        var log = Log(segments: 2, events: 1);
        var reader = new EventReader(log, _clock, Matcher(), after: 0, lastNumber: 0);
        Fill(reader).Count.ShouldBe(1);
        Append(log, 2, 20_000);

        var events = 0L;
        while (Fill(reader) is { Count: > 0 } batch)
        {
            events += batch.Count;
        }

        // The loss itself is one of the events.
        reader.Lost.ShouldBeGreaterThan(0ul);
        ((ulong)events - 1 + reader.Lost).ShouldBe(19_999ul);
        reader.LastNumber.ShouldBe(1 + (ulong)events + reader.Lost);
    }

    private static EventMatcher Matcher(params string[] operations) => new(new EventFilter { Operations = operations }, s_all, ownPid: 1);

    private EventLog Log(int segments, ulong events)
    {
        var log = new EventLog(segments);
        log.Use(1);
        Append(log, 1, events);
        return log;
    }

    private void Append(EventLog log, ulong first, ulong last)
    {
        var translator = new DecisionTranslator(new GenerationNames(), _clock);
        for (var i = first; i <= last; i++)
        {
            log.Append(translator.Translate(Decisions.Exec(i)) with { Cursor = i });
        }
    }

    private (ulong First, long Count, ulong Mark) Fill(EventReader reader) => reader.Fill(_room) == 0 ? default : (
        BinaryPrimitives.ReadUInt64LittleEndian(_room),
        BinaryPrimitives.ReadInt64LittleEndian(_room.AsSpan(8)),
        BinaryPrimitives.ReadUInt64LittleEndian(_room.AsSpan(16)));
}
