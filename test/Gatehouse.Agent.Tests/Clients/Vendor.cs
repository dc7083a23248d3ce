using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Tests.Clients;

/// <summary>A vendor's program: connects, and has policies.</summary>
internal static class Vendor
{
    public static GatehouseClientOptions Options(TestAgent agent, string name = "acme", int altitude = 1500) => new()
    {
        Name = name,
        Altitude = altitude,
        SocketPath = ClientSocketOf(agent),
    };

    public static string ClientSocketOf(TestAgent agent) => Path.Combine(Path.GetDirectoryName(agent.SocketPath)!, "clients.sock");

    public static Task<GatehouseClient> ConnectAsync(
        TestAgent agent, CancellationToken cancellationToken, string name = "acme", int altitude = 1500, Func<GatehouseClientOptions, GatehouseClientOptions>? change = null)
    {
        var options = Options(agent, name, altitude);
        return GatehouseClient.ConnectAsync(change?.Invoke(options) ?? options, cancellationToken);
    }

    public static PolicyFile Policy(
        string name = "acme-rules", string client = "acme", int altitude = 1500, string on = "process.exec, image.load", int rules = 1, string action = "deny")
    {
        var text = $"""
            apiVersion: gatehouse/v1
            metadata:
              name: {name}
              client: {client}
              altitude: {altitude}
            rules:

            """;
        for (var i = 0; i < rules; i++)
        {
            text += $"  - {{ name: r{i}, on: [{on}], when: process.executable == \"/usr/bin/x{i}\", action: {action} }}\n";
        }

        return new PolicyFile(name + ".yaml", text);
    }
}
