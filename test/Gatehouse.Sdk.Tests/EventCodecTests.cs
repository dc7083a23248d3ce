using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Json;
using Shouldly;
using Xunit;

namespace Gatehouse.Sdk.Tests;

/// <summary>The bytes of the bulk stream carry all that the records have, and whatever bytes come do no harm.</summary>
public sealed class EventCodecTests
{
    private const string BootId = "b";

    private static readonly NullabilityInfoContext s_nullability = new();

    private int _number;

    public static TheoryData<Type> Kinds => [typeof(DecisionRecord), typeof(LossRecord), typeof(AgentRecord)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_record_with_every_property_survives(Type kind)
    {
        // Filled by reflection: a property that somebody adds and forgets here fails the test.
        var record = (StreamRecord)Fill(kind, everything: true);

        Json(RoundTrip(record)).ShouldBe(Json(record));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_record_with_the_required_properties_alone_survives(Type kind)
    {
        var record = (StreamRecord)Fill(kind, everything: false);

        Json(RoundTrip(record)).ShouldBe(Json(record));
    }

    [Fact]
    public void What_readers_look_at_in_place_is_what_the_record_says()
    {
        var record = (DecisionRecord)Fill(typeof(DecisionRecord), everything: true) with { Operation = "image.load", Reason = "canary", Verdict = Verdict.Kill, Mode = EventMode.Audit };
        var view = new EventView(Encode(record), 7);

        (view.Number, view.Kind, view.Operation, view.Verdict, view.Mode, view.IsCanary)
            .ShouldBe((7ul, EventKind.Decision, "image.load", Verdict.Kill, EventMode.Audit, true));
        (view.Cursor, view.MonotonicNs, view.KernelSequence, view.ClassSequence, view.Generation)
            .ShouldBe((record.Cursor, record.MonotonicNs, record.Sequence, record.ClassSequence, record.Generation));
        var process = record.Subject.Process;
        (view.Pid, view.Tid, view.StartTimeNs, view.Uid, view.EffectiveUid).ShouldBe((process.Pid, process.Tid, process.StartTimeNs, process.Uid, process.EffectiveUid));
        (view.TargetPid, view.RuleIndex).ShouldBe((record.Object.Target!.Pid, record.RuleIndex));
        Encoding.UTF8.GetString(view.ExecutableUtf8).ShouldBe(process.Executable);
        Encoding.UTF8.GetString(view.CommandUtf8).ShouldBe(process.Command);
        Encoding.UTF8.GetString(view.ImagePathUtf8).ShouldBe(record.Object.Image!.Path);
        Encoding.UTF8.GetString(view.TargetExecutableUtf8).ShouldBe(record.Object.Target.Executable);
        Encoding.UTF8.GetString(view.RuleUtf8).ShouldBe(record.Rule);
    }

    [Fact]
    public void An_operation_that_has_no_number_is_told_by_name()
    {
        var record = (DecisionRecord)Fill(typeof(DecisionRecord), everything: true) with { Operation = "network.connect", Class = "network" };

        ((DecisionRecord)RoundTrip(record)).Operation.ShouldBe("network.connect");
        new EventView(Encode(record), 1).Operation.ShouldBeEmpty();
    }

    [Fact]
    public void Without_room_enough_nothing_is_written()
    {
        var record = (StreamRecord)Fill(typeof(DecisionRecord), everything: true);
        var length = Encode(record).Length;

        for (var room = 0; room < length; room++)
        {
            EventEncoder.Encode(record, new byte[room]).ShouldBe(0);
        }

        EventEncoder.Encode(record, new byte[length]).ShouldBe(length);
    }

    [Fact]
    public void Text_that_is_no_text_does_not_end_the_stream()
    {
        var record = (AgentRecord)Fill(typeof(AgentRecord), everything: true) with { Detail = "half \ud800 a pair" };

        ((AgentRecord)RoundTrip(record)).Detail.ShouldBe("half \ufffd a pair");
    }

    [Fact]
    public void Encoding_and_looking_allocate_nothing()
    {
        var record = (StreamRecord)Fill(typeof(DecisionRecord), everything: true);
        var room = new byte[64 * 1024];
        long Work()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++)
            {
                var view = new EventView(room.AsSpan(0, EventEncoder.Encode(record, room)), 1);
                if (view.ExecutableUtf8.IsEmpty || view.Operation.Length == 0)
                {
                    throw new InvalidOperationException("nothing was written");
                }
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        record = (DecisionRecord)record with { Operation = "process.exec" };
        Work();
        Work().ShouldBeLessThan(1_000, "less than a byte for each event");
    }

    [Fact]
    public void Whatever_bytes_come_end_in_a_record_or_in_an_error()
    {
        var random = new Random(20061201);
        var events = Kinds.Select(k => Encode((StreamRecord)Fill((Type)((ITheoryDataRow)k).GetData()[0]!, everything: true))).ToList();
        var (read, refused) = (0, 0);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = events[round % events.Count].ToArray();
            for (var flips = random.Next(1, 8); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (random.Next(4) == 0)
            {
                Array.Resize(ref bytes, random.Next(bytes.Length));
            }

            try
            {
                var view = new EventView(bytes, 1);
                _ = view.ExecutableUtf8.Length + view.ImagePathUtf8.Length + view.Operation.Length + view.TargetPid;
                view.ToRecord(BootId).ShouldNotBeNull();
                read++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        read.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(0);
    }

    private static byte[] Encode(StreamRecord record)
    {
        var room = new byte[64 * 1024];
        var length = EventEncoder.Encode(record, room);
        (length % 8, length > 0).ShouldBe((0, true));
        return room[..length];
    }

    private static StreamRecord RoundTrip(StreamRecord record) => new EventView(Encode(record), 1).ToRecord(BootId);

    private static string Json(StreamRecord record) => JsonSerializer.Serialize(record, GatehouseJson.Default.StreamRecord);

    private object Fill(Type type, bool everything)
    {
        var made = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(static p => p.CanWrite))
        {
            var optional = s_nullability.Create(property).WriteState == NullabilityState.Nullable;
            if (everything || !optional)
            {
                property.SetValue(made, string.Equals(property.Name, "BootId", StringComparison.Ordinal) ? BootId : Value(property.PropertyType, everything));
            }
        }

        return made;
    }

    private object Value(Type type, bool everything)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        _number++;
        if (type == typeof(string))
        {
            return string.Create(CultureInfo.InvariantCulture, $"/päth/{_number}");
        }

        if (type == typeof(DateTimeOffset))
        {
            return new DateTimeOffset(2026, 12, 1, 13, 14, 15, TimeSpan.Zero).AddTicks(_number);
        }

        if (type == typeof(bool))
        {
            return true;
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).GetValue(1)!;
        }

        if (type.IsPrimitive)
        {
            return Convert.ChangeType(_number, type, CultureInfo.InvariantCulture);
        }

        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
        {
            var arguments = type.GetGenericArguments();
            if (arguments.Length == 2)
            {
                var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))!;
                map.Add(Value(arguments[0], everything), Value(arguments[1], everything));
                map.Add(Value(arguments[0], everything), Value(arguments[1], everything));
                return map;
            }

            var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(arguments))!;
            list.Add(Value(arguments[0], everything));
            list.Add(Value(arguments[0], everything));
            return list;
        }

        return Fill(type, everything);
    }
}
