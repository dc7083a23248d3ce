using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Enforcement;

/// <summary>A trial that runs: what to go back to, and since when and for how long it runs.</summary>
/// <remarks>It measures by the time that passes, not by the clock, which its policies' owner may set.</remarks>
internal sealed class PolicyTrial(
    PolicySet before, ulong generation, IReadOnlyList<string> policies, TimeSpan duration, TimeProvider time) : IDisposable
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private readonly long _start = time.GetTimestamp();

    /// <summary>The set before the trial.</summary>
    public PolicySet Before { get; } = before;

    public TimeSpan Duration { get; } = duration;

    /// <summary>Why going back has failed, or null.</summary>
    public string? Problem { get; set; }

    /// <summary>Ends the trial when its time is over.</summary>
    public ITimer? Timer { get; set; }

    public TimeSpan Remaining => Duration - time.GetElapsedTime(_start) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    public TrialStatus Describe() => new()
    {
        Generation = generation,
        Policies = policies,
        StartedAt = _startedAt,
        RemainingSeconds = Math.Round(Remaining.TotalSeconds, 3),
        Problem = Problem,
    };

    public void Dispose() => Timer?.Dispose();
}
