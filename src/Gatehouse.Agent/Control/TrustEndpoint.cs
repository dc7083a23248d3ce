using Gatehouse.Agent.Trust;
using Gatehouse.Sdk.Json;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Reading the trust database again.</summary>
internal sealed class TrustEndpoint(TrustLoader trust)
{
    public async Task ReloadAsync(HttpContext context)
    {
        var (status, notReloaded) = await trust.ReloadAsync();
        if (status.Refused is { } refused)
        {
            await Answers.ProblemAsync(
                context, StatusCodes.Status422UnprocessableEntity, "trust-refused", "The trust database is refused", refused + "; nothing new is trusted");
        }
        else if (notReloaded is not null)
        {
            await Answers.ProblemAsync(
                context,
                StatusCodes.Status500InternalServerError,
                "policies-not-reloaded",
                "The policies could not be loaded again",
                notReloaded + "; new decisions know what is trusted, those that the kernel keeps may not");
        }
        else
        {
            await Answers.WriteAsync(context, status, GatehouseJson.Default.TrustStatus);
        }
    }
}
