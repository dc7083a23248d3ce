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

    private bool _found;
    private long _lookedAt;
    private int _isNew = 1;

    /// <summary>Looks anew at the next occasion: something else is kept now. Any thread may call it.</summary>
    public void Forget() => Interlocked.Exchange(ref _isNew, 1);

    /// <summary>Looks, unless nobody was found last time or it was just now. Called with each proof.</summary>
    public void Look()
    {
        if (!shield.IsSealed || (Interlocked.Exchange(ref _isNew, 0) == 0 && (!_found || time.GetElapsedTime(_lookedAt) < LooksEvery)))
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
