using Gatehouse.Agent.Enforcement;
using Gatehouse.Sdk.Clients;

namespace Gatehouse.Agent.Clients;

/// <summary>Who the clients are: registered, connected, or with policies in force.</summary>
internal sealed class ClientListing(ClientRegistry registry, ClientSessions sessions, Enforcer enforcer)
{
    public ClientList Read()
    {
        var files = registry.Read();
        var connected = sessions.Read();
        return new ClientList
        {
            Directory = registry.Directory,
            RegisteredOnly = !files.IsEmpty,
            Clients = [.. files.Clients.Keys.Union(connected.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(n => Describe(n, files.Clients.GetValueOrDefault(n), connected.GetValueOrDefault(n)))],
            Problems = files.Problems,
        };
    }

    private ClientSummary Describe(string name, RegisteredClient? client, ClientSession? session)
    {
        var own = enforcer.Current?.Summaries().Where(p => string.Equals(p.Client, name, StringComparison.Ordinal)).ToList() ?? [];
        return new ClientSummary
        {
            Name = name,
            Registration = client?.Describe(),
            Session = session?.Describe(),
            Policies = [.. own.Select(static p => p.Name)],
            Rules = own.Sum(static p => p.Rules),
        };
    }
}
