using System.Text.Json;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Json;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

public sealed class ClientsCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Without_registrations_it_says_who_is_let_in()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        var (status, output, _) = await CommandLine.RunAsync("clients", "--socket", agent.SocketPath);

        status.ShouldBe(0);
        output.ShouldContain("registers nobody: root may be a client under any name");
    }

    [Fact]
    public async Task A_registered_client_is_listed_with_its_policies_and_rules()
    {
        Registration.Add(_directory, Registration.Text(classes: "image, process"));
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);
        var policy = TestAgent.DenyPath("acme-rules", "/usr/bin/nc");
        await agent.Client.ApplyPoliciesAsync(
            [policy with { Text = policy.Text.Replace("  name: acme-rules", "  name: acme-rules\n  client: acme", StringComparison.Ordinal) }], cancellationToken: Cancel);

        var (status, output, _) = await CommandLine.RunAsync("clients", "--socket", agent.SocketPath);

        status.ShouldBe(0);
        var row = output.Split('\n').Single(static l => l.StartsWith("acme ", StringComparison.Ordinal));
        row.ShouldMatch(@"^acme +none +[0-9]+ +/.* +image,process +1000-2000 +acme-rules +1$");
    }

    [Fact]
    public async Task A_connected_client_is_listed_with_its_session()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        await using var client = await GatehouseClient.ConnectAsync(
            new GatehouseClientOptions { Name = "guest", Altitude = 77, SocketPath = Path.Combine(Path.GetDirectoryName(agent.SocketPath)!, "clients.sock") }, Cancel);

        var (_, output, _) = await CommandLine.RunAsync("clients", "--socket", agent.SocketPath);

        output.Split('\n').Single(static l => l.StartsWith("guest ", StringComparison.Ordinal)).ShouldContain($"pid {Environment.ProcessId}, altitude 77");
    }

    [Fact]
    public async Task A_bad_file_is_shown_there_and_in_status_and_doctor()
    {
        Registration.Add(_directory, Registration.Text(more: "mayask: true"));
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);

        var (status, output, _) = await CommandLine.RunAsync("clients", "--socket", agent.SocketPath);
        var (_, statusOutput, _) = await CommandLine.RunAsync("status", "--socket", agent.SocketPath);
        var (_, doctorOutput, _) = await CommandLine.RunAsync("doctor", "--socket", agent.SocketPath);

        status.ShouldBe(1);
        output.ShouldContain("acme.yaml:7:1: error GH1010");
        statusOutput.ShouldContain("problem:      a client is not registered: ");
        doctorOutput.ShouldContain("problem: a client is not registered: ");
    }

    [Fact]
    public async Task The_json_is_what_the_agent_answers()
    {
        Registration.Add(_directory, Registration.Text());
        await using var agent = await TestAgent.StartAsync(Cancel, directory: _directory);

        var (_, output, _) = await CommandLine.RunAsync("clients", "--json", "--socket", agent.SocketPath);

        var list = JsonSerializer.Deserialize(output, GatehouseJson.Default.ClientList)!;
        list.RegisteredOnly.ShouldBeTrue();
        list.Clients.ShouldHaveSingleItem().Registration!.HighestAltitude.ShouldBe(2000);
    }
}
