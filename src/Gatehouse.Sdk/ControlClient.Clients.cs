using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Json;

namespace Gatehouse.Sdk;

/// <content>Clients.</content>
public sealed partial class ControlClient
{
    /// <summary>The clients that the owner has registered, and what each has in force.</summary>
    /// <param name="cancellationToken">Gives up waiting; nothing is lost.</param>
    public Task<ClientList> GetClientsAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/clients", null, GatehouseJson.Default.ClientList, cancellationToken);
}
