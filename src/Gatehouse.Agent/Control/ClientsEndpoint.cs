using Gatehouse.Agent.Clients;
using Gatehouse.Sdk.Json;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Who may be a client, who is one, and what each has in force.</summary>
internal sealed class ClientsEndpoint(ClientListing listing)
{
    public Task ListAsync(HttpContext context) => Answers.WriteAsync(context, listing.Read(), GatehouseJson.Default.ClientList);
}
