using System.Net.Sockets;
using System.Text.Json;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Clients.Wire;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Json;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Clients;

/// <summary>A client that is slow, stopped, dead or hostile loses its own events; another one beside it gets all.</summary>
public sealed class SlowReaderTests : IDisposable
{
    // More than two MiB of log and what the socket holds, with 700 bytes an event.
    private const ulong Many = 30_000;

    private static readonly EventFilter s_execs = new() { Operations = ["process.exec"] };

    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_reader_that_stops_is_told_how_many_it_has_lost_and_another_one_gets_all()
    {
        await using var agent = await StartAsync();
        await using var slowClient = await Vendor.ConnectAsync(agent, Cancel, "slow", 1);
        await using var goodClient = await Vendor.ConnectAsync(agent, Cancel, "good", 2);
        await using var slow = await slowClient.SubscribeAsync(s_execs, Cancel);
        await using var good = await goodClient.SubscribeAsync(s_execs, Cancel);

        (await EmitAndCountAsync(agent, good)).ShouldBe((Many, 0ul));

        // Only now the slow one looks.
        var (received, lost, gaps) = (0ul, 0ul, 0ul);
        var last = 0ul;
        await foreach (var (number, record) in slow.ReadAllAsync(Cancel))
        {
            gaps += number - last - 1;
            last = number;
            if (record is LossRecord loss)
            {
                loss.Cause.ShouldBe("subscriber");
                loss.Lost.Keys.ShouldBe(["process.exec"]);
                lost += loss.Lost["process.exec"];
            }
            else
            {
                received++;
            }

            if (received + lost == Many)
            {
                break;
            }
        }

        lost.ShouldBeGreaterThan(0ul);
        gaps.ShouldBe(lost, "the numbers show the gap");
        slow.Lost.ShouldBe(lost);
        var status = (await goodClient.GetClientsAsync(Cancel)).Clients.Single(static c => c.Name == "slow").Session!.Subscriptions.ShouldHaveSingleItem();
        status.Lost.ShouldBe(lost);
    }

    [Fact]
    public async Task What_is_muted_is_no_loss()
    {
        await using var agent = await StartAsync();
        await using var slowClient = await Vendor.ConnectAsync(agent, Cancel, "slow", 1);
        await using var goodClient = await Vendor.ConnectAsync(agent, Cancel, "good", 2);
        await using var other = await slowClient.SubscribeAsync(new EventFilter { Operations = ["image.load"] }, Cancel);
        await using var good = await goodClient.SubscribeAsync(s_execs, Cancel);

        await EmitAndCountAsync(agent, good);
        agent.Gate.Emit(Decisions.Load(Many + 1, 1));

        (await SubscriptionTests.TakeAsync(other, 1)).Single().ShouldSatisfyAllConditions(
            static e => e.Number.ShouldBe(1ul), static e => e.Record.ShouldBeOfType<DecisionRecord>());
    }

    [Theory]
    [InlineData("dies")]
    [InlineData("garbage")]
    [InlineData("floods barriers")]
    [InlineData("a second greeting")]
    public async Task One_that_dies_or_speaks_nonsense_harms_only_itself(string how)
    {
        await using var agent = await StartAsync();
        await using var goodClient = await Vendor.ConnectAsync(agent, Cancel, "good", 2);
        await using var good = await goodClient.SubscribeAsync(s_execs, Cancel);
        await using var evilClient = await Vendor.ConnectAsync(agent, Cancel, "evil", 1);
        using var evil = await JoinAsync(agent, evilClient.Welcome.Token);
        switch (how)
        {
            case "dies":
                evil.Close();
                break;
            case "garbage":
                await evil.SendAsync(new byte[4096], Cancel);
                break;
            case "floods barriers":
                // It reads nothing, so they cannot be told, and are not kept without end.
                await Task.WhenAny(FloodAsync(evil), Task.Delay(TimeSpan.FromSeconds(5), Cancel));
                break;
            default:
                await evil.SendAsync(Frame(new ListRequest()), Cancel);
                break;
        }

        (await EmitAndCountAsync(agent, good)).ShouldBe((Many, 0ul));
        (await goodClient.GetClientsAsync(Cancel)).Clients.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_token_is_worth_nothing_to_who_does_not_know_it()
    {
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Vendor.ClientSocketOf(agent)), Cancel);
        await socket.SendAsync(Frame(new SubscribeRequest(new string('0', 32), new EventFilter())), Cancel);

        await using var stream = new NetworkStream(socket);
        var answer = await ClientFrame.ReadAsync(stream, ClientFrame.LargestContent, Cancel);

        JsonSerializer.Deserialize(answer!.Value.Content.Span, GatehouseJson.Default.ClientAnswer)
            .ShouldBeOfType<RefusedAnswer>().Reason.ShouldBe(ClientRefusalReason.NotPermitted);
    }

    [Fact]
    public async Task After_a_restart_of_the_agent_the_subscription_goes_on_and_says_what_is_missing()
    {
        var first = await TestAgent.StartAsync(Cancel, directory: _directory);
        await using var client = await Vendor.ConnectAsync(first, Cancel);
        await using var subscription = await client.SubscribeAsync(s_execs, Cancel);
        first.Gate.Emit(Decisions.Exec(1));
        first.Gate.Emit(Decisions.Exec(2));
        (await SubscriptionTests.TakeAsync(subscription, 2)).Select(static e => e.Number).ShouldBe([1ul, 2ul]);
        await first.DisposeAsync();

        await using var second = await TestAgent.StartAsync(Cancel, directory: _directory);
        var reading = SubscriptionTests.TakeAsync(subscription, 2);
        second.Gate.Emit(Decisions.Exec(6));
        var read = await reading;

        read[0].Record.ShouldBeOfType<LossRecord>().ShouldSatisfyAllConditions(
            static l => l.Cause.ShouldBe("agent-restart"), static l => l.Lost.ShouldBe(new Dictionary<string, ulong>(StringComparer.Ordinal) { ["any"] = 3 }));
        read.Select(static e => e.Number).ShouldBe([6ul, 7ul], "three are missing, and the loss has a number itself");
        ((DecisionRecord)read[1].Record).Sequence.ShouldBe(6ul);
    }

    [Fact]
    public async Task After_a_restart_without_a_gap_nothing_is_missing()
    {
        var first = await TestAgent.StartAsync(Cancel, directory: _directory);
        await using var client = await Vendor.ConnectAsync(first, Cancel);
        await using var subscription = await client.SubscribeAsync(s_execs, Cancel);
        first.Gate.Emit(Decisions.Exec(1));
        await SubscriptionTests.TakeAsync(subscription, 1);
        await first.DisposeAsync();

        await using var second = await TestAgent.StartAsync(Cancel, directory: _directory);

        // Before the client is back: the new agent keeps it for it.
        second.Gate.Emit(Decisions.Exec(2));
        var read = await SubscriptionTests.TakeAsync(subscription, 1);

        (read[0].Number, ((DecisionRecord)read[0].Record).Sequence).ShouldBe((2ul, 2ul));
    }

    private static byte[] Frame(ClientRequest request)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(request, GatehouseJson.Default.ClientRequest);
        var frame = new byte[ClientFrame.HeaderBytes + content.Length];
        ClientFrame.WriteHeader(frame, ClientFrameKind.Request, content.Length);
        content.CopyTo(frame, ClientFrame.HeaderBytes);
        return frame;
    }

    private static async Task<Socket> JoinAsync(TestAgent agent, string token)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Vendor.ClientSocketOf(agent)), Cancel);
        await socket.SendAsync(Frame(new SubscribeRequest(token, s_execs)), Cancel);
        return socket;
    }

    private static async Task FloodAsync(Socket socket)
    {
        try
        {
            for (var id = 1ul; ; id++)
            {
                await socket.SendAsync(Frame(new BarrierRequest(id)), Cancel);
            }
        }
        catch (SocketException)
        {
            // Cut off.
        }
    }

    /// <summary>Emits while somebody reads, and says what it got and lost.</summary>
    private static async Task<(ulong Received, ulong Lost)> EmitAndCountAsync(TestAgent agent, EventSubscription reader)
    {
        var received = 0ul;
        for (var sequence = 1ul; sequence <= Many; sequence += 500)
        {
            for (var i = 0ul; i < 500; i++)
            {
                agent.Gate.Emit(Decisions.Exec(sequence + i));
            }

            received += (ulong)(await SubscriptionTests.TakeAsync(reader, 500)).Count(static e => e.Record is DecisionRecord);
        }

        return (received, reader.Lost);
    }

    private Task<TestAgent> StartAsync() => TestAgent.StartAsync(
        Cancel, directory: _directory, change: static e => e with { StreamLimits = new EventStreamLimits(LogSegments: 2) });
}
