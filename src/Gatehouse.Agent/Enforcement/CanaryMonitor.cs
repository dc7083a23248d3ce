using System.Security.Cryptography;
using Gatehouse.Agent.Events;
using Gatehouse.Agent.Health;
using Gatehouse.Kernel;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Enforcement;

/// <summary>
/// Proves again and again that what must be refused is refused. Links can be attached and dead, so this is the only ground on
/// which the agent says that it protects.
/// </summary>
/// <remarks>There is no option that ends it. The pauses are random, so that nobody can switch enforcement off between two proofs
/// by the clock.</remarks>
internal sealed class CanaryMonitor(
    IKernelGate gate,
    EventStream stream,
    StreamClock clock,
    HealthBoard health,
    TimeProvider time,
    ILogger<CanaryMonitor> logger)
{
    public static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Between two rounds, however many attempts are refused meanwhile.</summary>
    public static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    private TaskCompletionSource _soon = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CanaryState? _state;

    /// <summary>What is proven besides, in each round.</summary>
    public Func<IReadOnlyList<CanaryResult>> Also { get; set; } = static () => [];

    /// <summary>The last round; null before the first.</summary>
    public CanaryState? State => _state;

    /// <summary>Makes one round.</summary>
    /// <returns>Whether every hook refused what it must.</returns>
    public bool ProveOnce()
    {
        IReadOnlyList<CanaryResult> results;
        bool proven;
        try
        {
            var report = gate.ProveCanary();
            var also = Also();
            results = [.. report.Results, .. also];
            proven = report.Proven && also.All(static r => r.Denied);
        }
        catch (KernelGateException e)
        {
            logger.LogError(e, "The canary round could not be made.");
            results = [new CanaryResult("all", Denied: false, e.Message)];
            proven = false;
        }

        // First the board, then the state: who sees a failed round sees it on the board too.
        if (proven)
        {
            ReportProven();
        }
        else
        {
            ReportFailure(results);
        }

        var now = time.GetUtcNow();
        _state = new CanaryState(proven, results, now, proven ? now : _state?.ProvenAt);
        Made?.Invoke(proven);
        return proven;
    }

    /// <summary>Called after each round, however it ended.</summary>
    public Action<bool>? Made { get; set; }

    /// <summary>Has the next round made at once: somebody tried to end enforcement.</summary>
    public void ProveSoon() => Volatile.Read(ref _soon).TrySetResult();

    /// <summary>Makes a round after each random pause, or when asked for one, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var pause = RandomNumberGenerator.GetInt32(
                (int)ShortestPause.TotalMilliseconds, (int)LongestPause.TotalMilliseconds + 1);
            await Task.Delay(LeastPause, time, cancellationToken);
            using (var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                await Task.WhenAny(
                    Task.Delay(TimeSpan.FromMilliseconds(pause) - LeastPause, time, rest.Token), Volatile.Read(ref _soon).Task);
                await rest.CancelAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();

            // Who asks from here on wants another round than the one that begins now.
            Volatile.Write(ref _soon, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

            // A thread of its own: a round starts programs and waits for them.
            await Task.Run(ProveOnce, cancellationToken);
        }
    }

    private void ReportProven()
    {
        if (health.Clear(HealthTopic.Canary))
        {
            logger.LogWarning("Every canary denial happens again: the host is protected again.");
            stream.Publish(clock.Agent("agent.canary-proven", "every canary denial happens again", gate.Generation));
        }
    }

    private void ReportFailure(IReadOnlyList<CanaryResult> results)
    {
        var failed = string.Join("; ", results.Where(static r => !r.Denied).Select(static r => $"{r.Hook}: {r.Detail}"));
        var text = "THIS HOST IS NOT PROTECTED: a canary denial did not happen ("
            + (failed.Length == 0 ? "no hook was tried" : failed) + ")";

        // Every failing round is logged: this is the one alarm that may not be overlooked.
        logger.LogCritical("{Problem}", text);
        if (health.Set(HealthTopic.Canary, HealthLevel.Failing, text))
        {
            stream.Publish(clock.Agent("agent.canary-failed", text, gate.Generation));
        }
    }
}

/// <summary>The last canary round.</summary>
internal sealed record CanaryState(
    bool Proven, IReadOnlyList<CanaryResult> Results, DateTimeOffset CheckedAt, DateTimeOffset? ProvenAt);
