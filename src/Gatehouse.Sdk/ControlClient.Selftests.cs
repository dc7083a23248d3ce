using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Selftests;

namespace Gatehouse.Sdk;

public sealed partial class ControlClient
{
    /// <summary>Has the agent make the files and the policy of a self-test.</summary>
    /// <param name="cancellationToken">Gives up waiting; the agent takes all back when the time is over.</param>
    public Task<SelftestStage> BeginSelftestAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/selftest", null, GatehouseJson.Default.SelftestStage, cancellationToken);

    /// <summary>Has the agent take back what it made for a self-test.</summary>
    /// <param name="token">As <see cref="BeginSelftestAsync"/> answered.</param>
    /// <param name="cancellationToken">Gives up waiting; the agent does it all the same.</param>
    public Task<SelftestEnd> EndSelftestAsync(string token, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        return SendAsync(
            HttpMethod.Delete, "v1/selftest?token=" + Uri.EscapeDataString(token), null, GatehouseJson.Default.SelftestEnd, cancellationToken);
    }
}
