using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Events;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class EventStreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_denial_names_client_policy_rule_and_who_did_what()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var applied = await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("no-nc", "/usr/bin/nc", "nc")], cancellationToken: Cancel);
        agent.Gate.Emit(Decisions.Exec(1, "/usr/bin/nc", denied: true, applied.Generation));

        var line = await FirstAsync(agent, static r => r is DecisionRecord);
        using var json = JsonDocument.Parse(line);
        var e = json.RootElement;

        e.GetProperty("record").GetString().ShouldBe("decision");
        e.GetProperty("class").GetString().ShouldBe("process");
        e.GetProperty("operation").GetString().ShouldBe("process.exec");
        e.GetProperty("sequence").GetUInt64().ShouldBe(1ul);
        e.GetProperty("monotonicNs").GetInt64().ShouldBe(100_001_000_000);
        e.GetProperty("bootId").GetString().ShouldBe(TestAgent.BootId);
        e.GetProperty("verdict").GetString().ShouldBe("deny");
        e.GetProperty("mode").GetString().ShouldBe("enforced");
        e.GetProperty("client").GetString().ShouldBe("local");
        e.GetProperty("policy").GetString().ShouldBe("no-nc");
        e.GetProperty("rule").GetString().ShouldBe("nc");
        e.GetProperty("severity").GetString().ShouldBe("high");
        e.GetProperty("tags")[0].GetString().ShouldBe("T1059");
        e.GetProperty("subject").GetProperty("process").GetProperty("startTimeNs").GetInt64().ShouldBe(90_000_000_000);
        e.GetProperty("subject").GetProperty("process").GetProperty("capabilities").GetString().ShouldBe("00000000000001ff");
        e.GetProperty("subject").GetProperty("process").TryGetProperty("loginUid", out _).ShouldBeFalse();
        e.GetProperty("object").GetProperty("image").GetProperty("path").GetString().ShouldBe("/usr/bin/nc");
        e.GetProperty("object").GetProperty("image").GetProperty("kind").GetString().ShouldBe("executable");
        e.GetProperty("object").GetProperty("image").GetProperty("mode").GetString().ShouldBe("4755");
    }

    [Fact]
    public async Task An_audited_rule_is_named_with_the_mode_audit()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var applied = await agent.Client.ApplyPoliciesAsync([TestAgent.DenyPath("watch", "/x", "seen")], cancellationToken: Cancel);
        agent.Gate.Emit(Decisions.Exec(1, "/x", generation: applied.Generation) with { AuditedRule = 0, Reason = "no-rule" });

        var record = (DecisionRecord)ControlClient.ParseEvent(await FirstAsync(agent, static r => r is DecisionRecord));

        (record.Verdict, record.Mode, record.Rule, record.Audited).ShouldBe((Verdict.Allow, EventMode.Audit, "seen", null));
    }

    [Fact]
    public async Task A_rule_of_a_generation_that_this_agent_did_not_load_is_an_index()
    {
        await using var agent = await TestAgent.StartAsync(Cancel, new FakeKernelGate { TookOver = true });
        agent.Gate.Emit(Decisions.Exec(1, denied: true, generation: 999));

        var record = (DecisionRecord)ControlClient.ParseEvent(await FirstAsync(agent, static r => r is DecisionRecord));

        (record.RuleIndex, record.Rule, record.Policy).ShouldBe((0, null, null));
    }

    [Fact]
    public async Task Late_readers_get_what_is_kept_and_since_goes_on_from_there()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        agent.Gate.Emit(Decisions.Exec(1, "/first"));
        agent.Gate.Emit(Decisions.Exec(2, "/second"));
        await WaitForDecisionsAsync(agent, 2);

        var all = await ReadAsync(agent, new EventQuery());
        var first = all.OfType<DecisionRecord>().First();
        var rest = await ReadAsync(agent, new EventQuery { Since = first.Cursor });
        var last = await ReadAsync(agent, new EventQuery { Limit = 1 });

        all.Select(r => r.Cursor).ShouldBe(Enumerable.Range(1, all.Count).Select(i => (ulong)i));
        rest.OfType<DecisionRecord>().Select(d => d.Object.Image?.Path).ShouldBe(["/second"]);
        last.ShouldHaveSingleItem().Cursor.ShouldBe(all[^1].Cursor);
    }

    [Fact]
    public async Task What_the_history_no_longer_has_is_reported_as_lost()
    {
        await using var agent = await TestAgent.StartAsync(Cancel, change: e => e with { StreamLimits = new EventStreamLimits(History: 4) });
        for (ulong i = 1; i <= 20; i++)
        {
            agent.Gate.Emit(Decisions.Exec(i));
        }

        await WaitForDecisionsAsync(agent, 20);
        var records = await ReadAsync(agent, new EventQuery { Since = 1 });

        var loss = records[0].ShouldBeOfType<LossRecord>();
        loss.Cause.ShouldBe("history");
        records.Count.ShouldBe(5);
        loss.Lost["any"].ShouldBe(records[1].Cursor - 2);
    }

    [Fact]
    public async Task A_slow_reader_loses_its_own_events_only_and_is_told_how_many()
    {
        const int step = 50;
        const int total = 3_000;
        await using var agent = await TestAgent.StartAsync(
            Cancel, change: e => e with { StreamLimits = new EventStreamLimits(SubscriberQueue: 2 * step) });
        using var slow = await agent.ConnectAsync(Cancel);

        // HTTP/1.0 has no chunks, so that the body can be read without a client that reads ahead.
        await slow.SendAsync("GET /v1/events?follow=true HTTP/1.0\r\nHost: g\r\n\r\n"u8.ToArray(), Cancel);
        await using var slowStream = new NetworkStream(slow);
        await ReadHeaderAsync(slowStream);
        await using var fast = agent.Client.ReadEventsAsync(new EventQuery { Follow = true, Since = 0 }, Cancel).GetAsyncEnumerator(Cancel);

        // The fast reader sets the pace, so it never is further behind than one step; the slow one does not read at all.
        ulong sent = 0;
        while (sent < total)
        {
            for (var i = 0; i < step; i++)
            {
                agent.Gate.Emit(Decisions.Exec(++sent));
            }

            await ReadUntilAsync(fast, sent);
        }

        var status = await agent.Client.GetStatusAsync(Cancel);
        status.Events.Subscribers.ShouldBe(2);
        status.Events.LostBySubscribers.ShouldBeGreaterThan(0ul);

        using var lines = new StreamReader(slowStream);
        ulong received = 0;
        LossRecord? loss = null;
        while (loss is null)
        {
            var record = await ReadRecordAsync(lines);
            if (record is DecisionRecord decision)
            {
                decision.Sequence.ShouldBe(++received);
            }

            loss = record as LossRecord;
        }

        loss.Cause.ShouldBe("subscriber");
        (received + loss.Lost["process.exec"]).ShouldBe(sent);
        agent.Gate.Emit(Decisions.Exec(++sent));
        (await ReadRecordAsync(lines)).ShouldBeOfType<DecisionRecord>().Sequence.ShouldBe(sent);
    }

    [Fact]
    public async Task A_loss_that_the_kernel_counts_is_in_the_stream_by_operation()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        agent.Gate.Emit(Decisions.Exec(1));
        agent.Gate.Lose("process.exec", 5);
        agent.Gate.Emit(Decisions.Exec(7));

        var loss = (LossRecord)ControlClient.ParseEvent(await FirstAsync(agent, static r => r is LossRecord));

        loss.Cause.ShouldBe("kernel-ring");
        loss.Lost.ShouldBe(new Dictionary<string, ulong>(StringComparer.Ordinal) { ["process.exec"] = 5 });
    }

    [Fact]
    public async Task Following_ends_when_the_agent_ends()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        await using var reader = agent.Client.ReadEventsAsync(new EventQuery { Follow = true, Since = 0 }, Cancel).GetAsyncEnumerator(Cancel);
        (await reader.MoveNextAsync()).ShouldBeTrue();

        var stopping = agent.StopAsync();
        while (await reader.MoveNextAsync())
        {
        }

        (await stopping).ShouldBe(0);
    }

    [Fact]
    public async Task More_followers_than_allowed_are_turned_away()
    {
        await using var agent = await TestAgent.StartAsync(Cancel, change: e => e with { StreamLimits = new EventStreamLimits(Subscribers: 1) });
        await using var first = agent.Client.ReadEventsAsync(new EventQuery { Follow = true, Since = 0 }, Cancel).GetAsyncEnumerator(Cancel);
        (await first.MoveNextAsync()).ShouldBeTrue();
        using var http = agent.Http();

        using var response = await http.GetAsync(new Uri("/v1/events?follow=true", UriKind.Relative), Cancel);

        ((int)response.StatusCode).ShouldBe(503);
    }

    private static async Task<List<StreamRecord>> ReadAsync(TestAgent agent, EventQuery query)
    {
        var records = new List<StreamRecord>();
        await foreach (var record in agent.Client.ReadEventsAsync(query, Cancel))
        {
            records.Add(record);
        }

        return records;
    }

    private static async Task<string> FirstAsync(TestAgent agent, Func<StreamRecord, bool> wanted)
    {
        await foreach (var line in agent.Client.ReadEventLinesAsync(new EventQuery { Follow = true, Since = 0 }, Cancel))
        {
            if (wanted(ControlClient.ParseEvent(line)))
            {
                return line;
            }
        }

        throw new InvalidOperationException("the stream ended");
    }

    private static async Task WaitForDecisionsAsync(TestAgent agent, int count)
    {
        await foreach (var record in agent.Client.ReadEventsAsync(new EventQuery { Follow = true, Since = 0 }, Cancel))
        {
            if (record is DecisionRecord decision && decision.Sequence >= (ulong)count)
            {
                return;
            }
        }
    }

    private static async Task ReadUntilAsync(IAsyncEnumerator<StreamRecord> reader, ulong sequence)
    {
        while (await reader.MoveNextAsync())
        {
            reader.Current.ShouldNotBeOfType<LossRecord>();
            if (reader.Current is DecisionRecord decision && decision.Sequence == sequence)
            {
                return;
            }
        }
    }

    private static async Task ReadHeaderAsync(NetworkStream stream)
    {
        var header = new StringBuilder();
        var buffer = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(buffer, Cancel);
            header.Append((char)buffer[0]);
        }

        header.ToString().ShouldStartWith("HTTP/1.");
    }

    private static async Task<StreamRecord> ReadRecordAsync(StreamReader lines) =>
        ControlClient.ParseEvent(await lines.ReadLineAsync(Cancel) ?? throw new InvalidOperationException("the stream ended"));
}
