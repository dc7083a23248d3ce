using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Problems;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Clients;

/// <summary>Connecting: who is let in, and each reason for which one is not.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_registered_client_has_a_session_with_what_it_is_registered_for()
    {
        Registration.Add(_directory, Registration.Text(classes: "image, process"));
        await using var agent = await StartAsync();

        await using var client = await Vendor.ConnectAsync(agent, Cancel);

        client.State.ShouldBe(ClientConnectionState.Connected);
        client.Welcome.Classes.ShouldBe(["image", "process"]);
        client.Welcome.BootId.ShouldBe(TestAgent.BootId);
        client.Welcome.Registration!.HighestAltitude.ShouldBe(2000);
        client.Welcome.Partly.ShouldBeEmpty();
    }

    [Fact]
    public async Task While_nobody_is_registered_root_is_any_client()
    {
        await using var agent = await StartAsync();

        await using var client = await Vendor.ConnectAsync(agent, Cancel, "whoever", altitude: 0);

        client.Welcome.Registration.ShouldBeNull();
        client.Welcome.Classes.Any(static c => c == "memory").ShouldBeTrue();
    }

    [Fact]
    public async Task Another_program_is_not_permitted()
    {
        Registration.Add(_directory, Registration.Text(path: "/usr/bin/env"));
        await using var agent = await StartAsync();

        (await RefusedAsync(agent)).Reason.ShouldBe(ClientRefusalReason.NotPermitted);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(2001)]
    public async Task An_altitude_beyond_the_registered_ones_is_not_permitted(int altitude)
    {
        Registration.Add(_directory, Registration.Text());
        await using var agent = await StartAsync();

        var refused = await RefusedAsync(agent, o => o with { Altitude = altitude });

        refused.Reason.ShouldBe(ClientRefusalReason.NotPermitted);
        refused.Message.ShouldContain("from 1000 to 2000");
    }

    [Fact]
    public async Task A_class_beyond_the_registered_ones_is_not_permitted()
    {
        Registration.Add(_directory, Registration.Text(classes: "image"));
        await using var agent = await StartAsync();

        var refused = await RefusedAsync(agent, static o => o with { Classes = ["image", "memory"] });

        refused.Reason.ShouldBe(ClientRefusalReason.NotPermitted);
        refused.Message.ShouldContain("\"memory\"");
    }

    [Fact]
    public async Task A_class_that_there_is_not_is_unsupported_and_it_says_what_there_is()
    {
        await using var agent = await StartAsync();

        var refused = await RefusedAsync(agent, static o => o with { Classes = ["network"] });

        refused.Reason.ShouldBe(ClientRefusalReason.Unsupported);
        refused.Message.ShouldContain("it has process, thread, image, memory");
    }

    [Fact]
    public async Task Where_the_kernel_cannot_refuse_everything_the_client_says_whether_it_goes_on()
    {
        var gate = new FakeKernelGate { PartlyEnforced = [new PartlyEnforced("process.open", "query", "maps stay readable", "6.15 and newer")] };
        await using var agent = await StartAsync(gate);

        var refused = await RefusedAsync(agent, static o => o with { AcceptPartly = false });
        await using var accepts = await Vendor.ConnectAsync(agent, Cancel);
        await using var notConcerned = await Vendor.ConnectAsync(agent, Cancel, "other", 1, static o => o with { AcceptPartly = false, Classes = ["image"] });

        refused.Reason.ShouldBe(ClientRefusalReason.PartlyEnforced);
        refused.Missing.ShouldBe(["process.open query: maps stay readable (6.15 and newer)"]);
        accepts.Welcome.Partly.ShouldHaveSingleItem().Right.ShouldBe("query");
        notConcerned.Welcome.Partly.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_name_and_an_altitude_are_one_clients_until_it_leaves()
    {
        await using var agent = await StartAsync();
        var first = await Vendor.ConnectAsync(agent, Cancel, "first", 7);

        (await RefusedAsync(agent, static o => o with { Name = "first", Altitude = 8 })).Reason.ShouldBe(ClientRefusalReason.NameTaken);
        (await RefusedAsync(agent, static o => o with { Name = "second", Altitude = 7 })).Reason.ShouldBe(ClientRefusalReason.AltitudeTaken);

        await first.LeaveAsync(cancellationToken: Cancel);
        await using var second = await UntilLetInAsync(() => Vendor.ConnectAsync(agent, Cancel, "first", 7));
        second.State.ShouldBe(ClientConnectionState.Connected);
    }

    [Fact]
    public async Task A_client_that_dies_leaves_its_name_and_altitude()
    {
        await using var agent = await StartAsync();
        await using (await Vendor.ConnectAsync(agent, Cancel, "first", 7))
        {
            // Disposed without leaving: what the agent sees of a death.
        }

        await using var second = await UntilLetInAsync(() => Vendor.ConnectAsync(agent, Cancel, "first", 7));
        second.State.ShouldBe(ClientConnectionState.Connected);
    }

    [Fact]
    public async Task Every_client_sees_all_clients()
    {
        Registration.Add(_directory, Registration.Text("acme"), "a.yaml");
        Registration.Add(_directory, Registration.Text("other"), "b.yaml");
        await using var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel);

        var list = await client.GetClientsAsync(Cancel);

        list.Clients.Select(static c => c.Name).ShouldBe(["acme", "other"]);
        var session = list.Clients[0].Session.ShouldNotBeNull();
        (session.Pid, session.Altitude, session.PoliciesAtEnd).ShouldBe((Environment.ProcessId, 1500, PoliciesAtEnd.Keep));
        list.Clients[1].Session.ShouldBeNull();
    }

    [Fact]
    public async Task Without_an_agent_there_is_nobody_to_connect_to()
    {
        var options = new GatehouseClientOptions { Name = "acme", Altitude = 1, SocketPath = _directory.File("none.sock") };

        (await Should.ThrowAsync<AgentUnreachableException>(() => GatehouseClient.ConnectAsync(options, Cancel))).SocketPath.ShouldBe(options.SocketPath);
    }

    [Fact]
    public async Task After_a_restart_of_the_agent_the_client_has_its_session_again()
    {
        Registration.Add(_directory, Registration.Text());
        var first = await StartAsync();
        await using var client = await Vendor.ConnectAsync(first, Cancel);
        var (run, states) = (client.Welcome.RunId, new List<ClientConnectionState>());
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StateChanged = state =>
        {
            lock (states)
            {
                states.Add(state);
            }

            if (state == ClientConnectionState.Connected)
            {
                back.TrySetResult();
            }
        };
        await first.DisposeAsync();

        // Asked while there is no agent: it waits.
        var asked = client.GetClientsAsync(Cancel);
        await using var second = await StartAsync();
        var list = await asked;
        await back.Task.WaitAsync(Cancel);

        list.Clients.ShouldHaveSingleItem().Session!.Altitude.ShouldBe(1500);
        (client.Welcome.RunId == run).ShouldBeFalse();
        lock (states)
        {
            states.ShouldBe([ClientConnectionState.Reconnecting, ClientConnectionState.Connected], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task After_a_restart_without_the_registration_the_client_is_told_so()
    {
        var path = Registration.Add(_directory, Registration.Text());
        Registration.Add(_directory, Registration.Text("other"), "other.yaml");
        var first = await StartAsync();
        await using var client = await Vendor.ConnectAsync(first, Cancel);
        await first.DisposeAsync();
        File.Delete(path);
        await using var second = await StartAsync();

        (await Should.ThrowAsync<ClientRefusedException>(() => client.GetClientsAsync(Cancel))).Reason.ShouldBe(ClientRefusalReason.NotPermitted);
        client.State.ShouldBe(ClientConnectionState.Ended);
    }

    [Fact]
    public async Task Who_does_not_want_to_return_ends_with_the_agent()
    {
        var agent = await StartAsync();
        await using var client = await Vendor.ConnectAsync(agent, Cancel, change: static o => o with { ReconnectFor = TimeSpan.Zero });
        await agent.DisposeAsync();

        await Should.ThrowAsync<Exception>(() => client.GetClientsAsync(Cancel));
    }

    /// <summary>The agent sees the end of a connection a moment after it.</summary>
    internal static async Task<GatehouseClient> UntilLetInAsync(Func<Task<GatehouseClient>> connect)
    {
        while (true)
        {
            try
            {
                return await connect();
            }
            catch (ClientRefusedException e) when (e.Reason is ClientRefusalReason.NameTaken or ClientRefusalReason.AltitudeTaken)
            {
                await Task.Delay(10, Cancel);
            }
        }
    }

    private static Task<ClientRefusedException> RefusedAsync(TestAgent agent, Func<GatehouseClientOptions, GatehouseClientOptions>? change = null) =>
        Should.ThrowAsync<ClientRefusedException>(() => Vendor.ConnectAsync(agent, Cancel, change: change));

    private Task<TestAgent> StartAsync(FakeKernelGate? gate = null) => TestAgent.StartAsync(Cancel, gate, _directory);
}
