using System.Globalization;
using Gatehouse.Agent.Health;
using Gatehouse.Kernel;
using Gatehouse.Kernel.Shielding;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Sealing;

/// <summary>Has the shield keep the files that policies protect, and finds them out anew when who may has exchanged one.</summary>
/// <remarks>
/// If something of it cannot be found, all stays as it was: what was protected still is (closed), what is new is not (open), and the status is
/// failing. Thread-safe.
/// </remarks>
internal sealed class ProtectionKeeper : IDisposable
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_tryAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Sealer _sealer;
    private readonly HealthBoard _health;
    private readonly ILogger<ProtectionKeeper> _logger;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<ShieldGroup> _groups = [];
    private string _inForce = "";
    private bool _disposed;

    public ProtectionKeeper(Sealer sealer, HealthBoard health, TimeProvider time, ILogger<ProtectionKeeper> logger)
    {
        _sealer = sealer;
        _health = health;
        _logger = logger;
        _timer = time.CreateTimer(_ => Renew(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        sealer.Guarded = Again;
    }

    /// <summary>Has the policies in force loaded once more after an action, so that rules know the exchanged programs, too.</summary>
    public Func<Action, Task<string?>>? Reload { get; set; }

    /// <summary>Called when something else is kept.</summary>
    public Action? Changed { get; set; }

    /// <summary>The names of what is protected.</summary>
    public IReadOnlyList<string> Names => [.. _groups.Select(static g => g.Name)];

    /// <summary>Has exactly this kept.</summary>
    /// <exception cref="KernelGateException">Something of it cannot be found, or there is no room; nothing was changed.</exception>
    public void Use(IReadOnlyList<ShieldGroup> groups)
    {
        lock (_lock)
        {
            var wanted = Text(groups);
            if (!string.Equals(wanted, _inForce, StringComparison.Ordinal))
            {
                _sealer.Shield.Protect(groups);
                _inForce = wanted;
                _groups = groups;
                Changed?.Invoke();
            }

            _health.Clear(HealthTopic.Protections);
        }
    }

    /// <summary>As <see cref="Use"/>; if it fails, the status says so, and it is tried again.</summary>
    public void UseAsFarAsPossible(IReadOnlyList<ShieldGroup> groups)
    {
        try
        {
            Use(groups);
        }
        catch (KernelGateException e)
        {
            _groups = groups;
            Report(e);
        }
    }

    /// <summary>Somebody who may has exchanged something: it is found out anew soon.</summary>
    public void FindOutSoon()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _timer.Change(s_settle, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private static string Text(IReadOnlyList<ShieldGroup> groups) => string.Join('\n', groups.Select(static g => string.Create(
        CultureInfo.InvariantCulture,
        $"{g.Name}\0{string.Join('\0', g.Programs)}\0\0{string.Join('\0', g.Files)}\0\0{string.Join('\0', g.Contents)}")));

    /// <summary>The shield has forgotten all and is about to be sealed.</summary>
    private void Again()
    {
        lock (_lock)
        {
            _inForce = "";
        }

        Changed?.Invoke();
        UseAsFarAsPossible(_groups);
    }

    private void Renew()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _inForce = "";
        }

        if (Reload is { } reload)
        {
            _ = reload(() => UseAsFarAsPossible(_groups));
        }
    }

    private void Report(KernelGateException problem)
    {
        if (_health.Set(HealthTopic.Protections, HealthLevel.Failing, "not everything that policies protect is kept: " + problem.Message))
        {
            _logger.LogCritical(
                "Not everything that policies protect is kept: {Reason}. What was kept before still is; trying again every {Seconds} s.",
                problem.Message, s_tryAgainAfter.TotalSeconds);
        }

        lock (_lock)
        {
            if (!_disposed)
            {
                _timer.Change(s_tryAgainAfter, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
