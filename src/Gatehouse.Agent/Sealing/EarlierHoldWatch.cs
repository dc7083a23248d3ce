using Gatehouse.Agent.Health;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Sealing;

/// <summary>
/// Says who has had something since before the seal by which he can change what is kept, and what no hook asks about again. It refuses nothing (open):
/// to end such a process is the owner's to decide.
/// </summary>
internal sealed class EarlierHoldWatch(IKernelShield shield, HealthBoard health, TimeProvider time, ILogger<EarlierHoldWatch> logger)
{
    /// <summary>How long what was found is believed: to look costs a walk over all processes.</summary>
    public static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(30);

    private bool _found = true;
    private long? _lookedAt;

    /// <summary>Looks anew at the next occasion: something else is kept now.</summary>
    public void Forget() => (_found, _lookedAt) = (true, null);

    /// <summary>Looks, unless nobody was found last time or it was just now. Called with each proof.</summary>
    public void Look()
    {
        if (!shield.IsSealed || !_found || (_lookedAt is { } at && time.GetElapsedTime(at) < LooksEvery))
        {
            return;
        }

        _lookedAt = time.GetTimestamp();
        IReadOnlyList<string> holds;
        try
        {
            holds = shield.FindEarlierHolds();
        }
        catch (KernelGateException e)
        {
            holds = ["it cannot be found out who can change what is kept since before the seal: " + e.Message];
        }

        _found = holds.Count > 0;
        if (!_found)
        {
            health.Clear(HealthTopic.EarlierHolds);
        }
        else if (health.Set(HealthTopic.EarlierHolds, HealthLevel.Degraded, string.Join("; ", holds)))
        {
            logger.LogCritical("{Holds}. End it, or start it anew after the seal.", string.Join("; ", holds));
        }
    }
}
