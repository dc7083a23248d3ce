using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Events;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Clients;

/// <summary>What a subscription gets: numbers, classes, filters, mutes, barriers.</summary>
public sealed class SubscriptionTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Events_come_as_records_numbered_from_one()
    {
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        await using var subscription = await client.SubscribeAsync(new EventFilter { Operations = ["process.exec"] }, Cancel);

        agent.Gate.Emit(Decisions.Exec(1, "/usr/bin/a"));
        agent.Gate.Emit(Decisions.Load(2, 1));
        agent.Gate.Emit(Decisions.Exec(3, "/usr/bin/b", denied: true));
        var read = await TakeAsync(subscription, 2);

        read.Select(static e => (e.Number, ((DecisionRecord)e.Record).Object.Image!.Path)).ShouldBe([(1ul, "/usr/bin/a"), (2ul, "/usr/bin/b")]);
        ((DecisionRecord)read[1].Record).Verdict.ShouldBe(Verdict.Deny);
        read[0].Record.BootId.ShouldBe(TestAgent.BootId);
    }

    [Fact]
    public async Task Without_a_filter_the_classes_of_the_client_come_and_no_others()
    {
        Registration.Add(_directory, Registration.Text(classes: "image"));
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        await using var subscription = await client.SubscribeAsync(cancellationToken: Cancel);
        await using var greedy = await client.SubscribeAsync(new EventFilter { Operations = ["process.exec", "agent", "image.load"] }, Cancel);

        agent.Gate.Emit(Decisions.Exec(1));
        agent.Gate.Emit(Decisions.Load(2, 1));

        foreach (var stream in new[] { subscription, greedy })
        {
            (await ReadToBarrierAsync(stream)).Cast<DecisionRecord>().Select(static d => d.Operation).ShouldBe(["image.load"]);
        }
    }

    [Theory]
    [InlineData(MuteKind.Path, "/usr/bin/bash", false, false, "")]
    [InlineData(MuteKind.Path, "/usr/bin/ba", false, false, "exec load open")]
    [InlineData(MuteKind.Path, "/usr/bin/ba", true, false, "")]
    [InlineData(MuteKind.Path, "/usr/bin/bash", false, true, "exec load open")]
    [InlineData(MuteKind.Path, "/usr/bin/zsh", false, true, "")]
    [InlineData(MuteKind.TargetPath, "/lib/x.so", false, false, "exec open")]
    [InlineData(MuteKind.TargetPath, "/usr/", true, false, "load")]
    [InlineData(MuteKind.TargetPath, "/usr/sbin/sshd", false, false, "exec load")]
    [InlineData(MuteKind.TargetPath, "/usr/sbin/sshd", false, true, "open")]
    public async Task A_path_is_muted_or_alone_let_through(MuteKind kind, string path, bool prefix, bool inverted, string expected)
    {
        var filter = new EventFilter
        {
            Operations = ["process.exec", "image.load", "process.open"],
            Mutes = [prefix ? EventMute.Prefix(kind, path) : EventMute.Literal(kind, path)],
            Inverted = inverted ? [kind] : [],
        };

        (await ThreeAsync(filter)).ShouldBe(expected);
    }

    [Fact]
    public async Task A_process_is_muted_by_pid_and_start_and_not_by_pid_alone()
    {
        var mute = EventMute.Process(4711, 90_000_000_000);
        EventFilter Filter(EventMute m) => new() { Operations = ["process.exec", "image.load", "process.open"], Mutes = [m] };

        (await ThreeAsync(Filter(mute))).ShouldBeEmpty();
        (await ThreeAsync(Filter(mute with { StartTimeNs = 1 }))).ShouldBe("exec load open");
        (await ThreeAsync(Filter(mute with { Operations = ["image.load"] }))).ShouldBe("exec open");
        (await ThreeAsync(Filter(mute) with { Inverted = [MuteKind.Process] })).ShouldBe("exec load open");
        (await ThreeAsync(Filter(mute with { Pid = 1 }) with { Inverted = [MuteKind.Process] })).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_default_set_is_the_agent_and_its_proofs()
    {
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        var operations = new EventFilter { Operations = ["process.exec"] };
        await using var muted = await client.SubscribeAsync(operations, Cancel);
        await using var all = await client.SubscribeAsync(operations with { DefaultMutes = false }, Cancel);

        agent.Gate.Emit(Decisions.Exec(1, denied: true) with { Reason = "canary" });
        agent.Gate.Emit(ByThisProcess(2));
        agent.Gate.Emit(Decisions.Exec(3));

        (await ReadToBarrierAsync(muted)).Cast<DecisionRecord>().Select(static d => d.Sequence).ShouldBe([3ul]);
        (await ReadToBarrierAsync(all)).Cast<DecisionRecord>().Select(static d => d.Sequence).ShouldBe([1ul, 2ul, 3ul]);
    }

    [Fact]
    public async Task What_the_client_itself_does_is_left_out_if_it_asks_for_that()
    {
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);

        // In this test client and agent are one process, which the default set would mute.
        await using var subscription = await client.SubscribeAsync(new EventFilter { Operations = ["process.exec"], DefaultMutes = false, ExcludeOwn = true }, Cancel);
        agent.Gate.Emit(ByThisProcess(1));
        agent.Gate.Emit(Decisions.Exec(2));

        (await ReadToBarrierAsync(subscription)).Cast<DecisionRecord>().Select(static d => d.Sequence).ShouldBe([2ul]);
    }

    [Fact]
    public async Task A_filter_can_be_exchanged_and_behind_a_barrier_the_new_one_counts()
    {
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        await using var subscription = await client.SubscribeAsync(new EventFilter { Operations = ["process.exec"] }, Cancel);

        await subscription.SetFilterAsync(new EventFilter { Operations = ["image.load"] }, Cancel);
        await ReadToBarrierAsync(subscription);
        agent.Gate.Emit(Decisions.Exec(1));
        agent.Gate.Emit(Decisions.Load(2, 1));

        (await ReadToBarrierAsync(subscription)).Cast<DecisionRecord>().Select(static d => d.Operation).ShouldBe(["image.load"]);
    }

    [Fact]
    public async Task A_barrier_ends_behind_everything_that_has_happened_before_it()
    {
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        await using var subscription = await client.SubscribeAsync(new EventFilter { Operations = ["process.exec"] }, Cancel);
        for (var i = 1ul; i <= 5_000; i++)
        {
            agent.Gate.Emit(Decisions.Exec(i));
        }

        (await ReadToBarrierAsync(subscription)).Count.ShouldBe(5_000);
        subscription.Lost.ShouldBe(0ul);
    }

    [Fact]
    public async Task A_client_has_as_many_streams_as_it_is_registered_for()
    {
        Registration.Add(_directory, Registration.Text(more: "quotas: { subscriptions: 1 }"));
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        var first = await client.SubscribeAsync(cancellationToken: Cancel);

        (await Should.ThrowAsync<ClientRefusedException>(() => client.SubscribeAsync(cancellationToken: Cancel))).Reason.ShouldBe(ClientRefusalReason.QuotaExceeded);
        (await client.GetClientsAsync(Cancel)).Clients.ShouldHaveSingleItem().Session!.Subscriptions.Count.ShouldBe(1);
        await first.DisposeAsync();
        while ((await client.GetClientsAsync(Cancel)).Clients[0].Session!.Subscriptions.Count > 0)
        {
            await Task.Delay(10, Cancel);
        }

        await using var second = await client.SubscribeAsync(cancellationToken: Cancel);
    }

    [Theory]
    [InlineData("operation")]
    [InlineData("path")]
    [InlineData("many")]
    public async Task A_filter_that_is_none_is_refused(string what)
    {
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        var filter = what switch
        {
            "operation" => new EventFilter { Operations = ["process.explode"] },
            "path" => new EventFilter { Mutes = [new EventMute { Kind = MuteKind.Path }] },
            _ => new EventFilter { Mutes = [.. Enumerable.Range(0, EventFilter.MostMutes + 1).Select(static i => EventMute.Process(i, 1))] },
        };

        await Should.ThrowAsync<ArgumentException>(() => client.SubscribeAsync(filter, Cancel));
    }

    [Fact]
    public async Task The_end_of_the_client_ends_its_streams()
    {
        await using var agent = await StartAsync();
        var client = await Vendor.ConnectAsync(agent, Cancel);
        await using var subscription = await client.SubscribeAsync(cancellationToken: Cancel);

        await client.DisposeAsync();
        var read = new List<GatehouseEvent>();
        await foreach (var e in subscription.ReadAllAsync(Cancel))
        {
            read.Add(e);
        }

        read.ShouldAllBe(static e => e.Record is AgentRecord);
    }

    /// <summary>Reads until a barrier that is asked for now has been passed.</summary>
    internal static async Task<List<StreamRecord>> ReadToBarrierAsync(EventSubscription subscription)
    {
        var records = new List<StreamRecord>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var passed = Task.Run(
            async () =>
            {
                await subscription.BarrierAsync(Cancel);
                await stop.CancelAsync();
            },
            Cancel);
        try
        {
            await foreach (var e in subscription.ReadAllAsync(stop.Token))
            {
                records.Add(e.Record);
            }
        }
        catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
        {
            // The barrier.
        }

        await passed;
        return records;
    }

    internal static async Task<List<GatehouseEvent>> TakeAsync(EventSubscription subscription, int count)
    {
        var taken = new List<GatehouseEvent>();
        await foreach (var e in subscription.ReadAllAsync(Cancel))
        {
            taken.Add(e);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    private static GateDecision ByThisProcess(ulong sequence)
    {
        var decision = Decisions.Exec(sequence);
        return decision with { Process = decision.Process with { Pid = Environment.ProcessId } };
    }

    private async Task<string> ThreeAsync(EventFilter filter)
    {
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        await using var subscription = await client.SubscribeAsync(filter, Cancel);
        agent.Gate.Emit(Decisions.Exec(1));
        agent.Gate.Emit(Decisions.Load(2, 1));
        agent.Gate.Emit(Decisions.Open(3));
        return string.Join(' ', (await ReadToBarrierAsync(subscription)).Cast<DecisionRecord>().Select(static d => d.Operation.Split('.')[1]));
    }

    private Task<TestAgent> StartAsync() => TestAgent.StartAsync(Cancel, directory: _directory);
}
