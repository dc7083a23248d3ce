using System.Text.Json;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Problems;
using Shouldly;
using Xunit;

namespace Gatehouse.Sdk.Tests;

public sealed class EventRecordTests
{
    [Fact]
    public void A_record_survives_being_written_and_read()
    {
        StreamRecord record = new LossRecord
        {
            Cursor = 3,
            Time = new DateTimeOffset(2026, 11, 21, 1, 2, 3, TimeSpan.Zero),
            MonotonicNs = 42,
            BootId = "b",
            Cause = "kernel-ring",
            Lost = new Dictionary<string, ulong>(StringComparer.Ordinal) { ["process.exec"] = ulong.MaxValue },
        };

        var line = JsonSerializer.Serialize(record, GatehouseJson.Default.StreamRecord);

        line.ShouldBe(
            """{"record":"loss","cursor":3,"time":"2026-11-21T01:02:03+00:00","monotonicNs":42,"bootId":"b","cause":"kernel-ring","lost":{"process.exec":18446744073709551615}}""");
        var read = ControlClient.ParseEvent(line).ShouldBeOfType<LossRecord>();
        read.Lost.ShouldBe(((LossRecord)record).Lost);
        (read with { Lost = ((LossRecord)record).Lost }).ShouldBe(record);
    }

    [Fact]
    public void The_kind_of_a_record_may_stand_anywhere_and_unknown_properties_are_ignored()
    {
        var record = ControlClient.ParseEvent(
            """{"cursor":1,"time":"2026-11-21T01:02:03Z","monotonicNs":1,"bootId":"b","operation":"agent.started","detail":"d","generation":2,"future":{"a":[1]},"record":"agent"}""");

        record.ShouldBeOfType<AgentRecord>().Operation.ShouldBe("agent.started");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"record":"unheard-of"}""")]
    [InlineData("""{"record":"agent"}""")]
    [InlineData("""{"record":"agent","cursor":-1,"time":"x"}""")]
    public void A_line_that_is_no_record_is_a_protocol_error(string line) =>
        Should.Throw<ControlProtocolException>(() => ControlClient.ParseEvent(line));

    [Fact]
    public void Text_outside_ascii_is_escaped_so_that_a_line_is_safe_to_print()
    {
        var record = new AgentRecord
        {
            Cursor = 1,
            Time = DateTimeOffset.UnixEpoch,
            MonotonicNs = 1,
            BootId = "b",
            Operation = "agent.started",
            Detail = "\u001b[31m\u202e\n",
            Generation = 0,
        };

        var line = JsonSerializer.Serialize<StreamRecord>(record, GatehouseJson.Default.StreamRecord);

        line.ShouldAllBe(c => c >= ' ' && c < 0x7f);
    }

    [Fact]
    public void A_decision_without_image_target_or_request_is_read()
    {
        var record = ControlClient.ParseEvent(Decision("""{}""", "")).ShouldBeOfType<DecisionRecord>();

        (record.Object.Image, record.Object.Target, record.Request).ShouldBe((null, null, null));
        JsonSerializer.Serialize<StreamRecord>(record, GatehouseJson.Default.StreamRecord).ShouldContain("\"object\":{},");
    }

    [Fact]
    public void A_target_and_what_was_asked_of_it_survive_being_read_and_written()
    {
        const string Target = """{"target":{"pid":1,"tid":2,"startTimeNs":3,"uid":4,"effectiveUid":5,"gid":6,"effectiveGid":7,"command":"c"}}""";
        const string Request = """
            "request":{"right":"signal","signal":15,"child":false},
            """;

        var record = ControlClient.ParseEvent(Decision(Target, Request)).ShouldBeOfType<DecisionRecord>();

        record.Verdict.ShouldBe(Verdict.Kill);
        record.Object.Target!.Executable.ShouldBeNull();
        record.Request.ShouldBe(new EventRequest { Right = "signal", Signal = 15, Child = false });
        var line = JsonSerializer.Serialize<StreamRecord>(record, GatehouseJson.Default.StreamRecord);
        line.ShouldContain("\"object\":" + Target);
        line.ShouldContain(Request.Trim());
        line.ShouldContain("\"verdict\":\"kill\"");
    }

    private static string Decision(string @object, string request) =>
        $$$$"""
        {"record":"decision","cursor":1,"time":"2026-11-21T01:02:03Z","monotonicNs":1,"bootId":"b","class":"process",
        "operation":"process.open","sequence":1,"classSequence":1,"subject":{"process":{"pid":1,"tid":1,"startTimeNs":1,"ancestors":[],
        "uid":0,"effectiveUid":0,"gid":0,"effectiveGid":0,"capabilities":"0","cgroupId":1,"mountNamespace":1,"pidNamespace":1,
        "userNamespace":1,"command":"c","arguments":[]}},"object":{{{{@object}}}},{{{{request}}}}
        "verdict":"kill","mode":"enforced","reason":"rule","hook":"task_kill","generation":1,"truncated":[]}
        """;
}
