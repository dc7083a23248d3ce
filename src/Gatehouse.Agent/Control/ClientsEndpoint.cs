using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Json;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Who may be a client, and what each has in force.</summary>
internal sealed class ClientsEndpoint(ClientRegistry registry, Enforcer enforcer)
{
    public Task ListAsync(HttpContext context) => Answers.WriteAsync(context, Describe(), GatehouseJson.Default.ClientList);

    private ClientList Describe()
    {
        var files = registry.Read();
        return new ClientList
        {
            Directory = registry.Directory,
            RegisteredOnly = !files.IsEmpty,
            Clients = [.. files.Clients.Values.OrderBy(static c => c.Name, StringComparer.Ordinal).Select(Describe)],
            Problems = files.Problems,
        };
    }

    private ClientSummary Describe(RegisteredClient client)
    {
        var own = enforcer.Current?.Summaries().Where(p => string.Equals(p.Client, client.Name, StringComparison.Ordinal)).ToList() ?? [];
        return new ClientSummary
        {
            Name = client.Name,
            Registration = client.Describe(),
            Policies = [.. own.Select(static p => p.Name)],
            Rules = own.Sum(static p => p.Rules),
        };
    }
}
