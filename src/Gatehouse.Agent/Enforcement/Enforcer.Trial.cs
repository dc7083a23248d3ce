using System.Globalization;
using Gatehouse.Agent.Health;
using Gatehouse.Kernel;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Enforcement;

/// <summary>Policies for a time: the agent goes back by itself, so that a mistake that locks everybody out ends by itself.</summary>
/// <remarks>
/// <para>The saved state holds the policies before the trial until these are confirmed: a crash or a reboot goes back too.
/// Until another agent runs, the kernel side goes on by the tried policies.</para>
/// <list type="table">
/// <item><term>confirmed in time</term><description>the tried policies are saved and stay.</description></item>
/// <item><term>not confirmed</term><description>the policies before are loaded again.</description></item>
/// <item><term>these cannot be loaded</term><description>the tried ones go on deciding: what only the earlier ones refuse is
/// open, what only the tried ones refuse is closed. Status failing, an alarm, and another try every ten seconds.</description></item>
/// <item><term>apply, remove or try meanwhile</term><description>refused, so that nobody's change is undone by another's
/// trial. Only when going back has failed, a set that replaces all is taken: it is another way out.</description></item>
/// <item><term>the agent ends</term><description>it goes back first.</description></item>
/// </list>
/// </remarks>
internal sealed partial class Enforcer
{
    private static readonly TimeSpan s_tryAgainAfter = TimeSpan.FromSeconds(10);

    private volatile PolicyTrial? _trial;

    /// <summary>The trial that runs, or null.</summary>
    public TrialStatus? Trial => _trial?.Describe();

    /// <summary>Adds, replaces or exchanges policies until the time is over or the trial is confirmed.</summary>
    public async Task<(ChangeOutcome Outcome, TrialStatus? Trial)> TryAsync(
        IReadOnlyList<PolicyFile> files, TimeSpan duration, bool replaceAll, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Try(files, duration, replaceAll), CancellationToken.None);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Keeps what is tried.</summary>
    public Task<TrialOutcome> ConfirmTrialAsync(CancellationToken cancellationToken) => WithTrialAsync(_trial, Confirm, cancellationToken);

    /// <summary>Goes back at once.</summary>
    public Task<TrialOutcome> EndTrialAsync(string reason, CancellationToken cancellationToken) =>
        WithTrialAsync(_trial, trial => GoBack(trial, reason), cancellationToken);

    /// <summary>Goes back if a trial runs: it does not outlive the agent that keeps its time.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndTrialAsync("the agent ends", CancellationToken.None);

        // After a failure the next agent goes back, by the saved state.
        _trial?.Dispose();
        _trial = null;
        _changing.Dispose();
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");

    private (ChangeOutcome Outcome, TrialStatus? Trial) Try(IReadOnlyList<PolicyFile> files, TimeSpan duration, bool replaceAll)
    {
        var before = _current;
        var outcome = Change(current => replaceAll ? files : Merge(current!, files), new ChangeRules(replaceAll, IsTrial: true));
        if (outcome is not ChangeOutcome.Applied { Result.Generation: var generation } || before is null)
        {
            return (outcome, null);
        }

        string[] tried = [.. files.Select(static f => PolicyParser.Parse(PolicySet.Source(f)).Document?.Name).OfType<string>()];
        var trial = new PolicyTrial(before, generation, tried, duration, time);
        _trial = trial;
        trial.Timer = time.CreateTimer(
            _ => _ = Task.Run(() => EndLateAsync(trial)), null, duration, Timeout.InfiniteTimeSpan);
        Tell("agent.trial-started", $"{string.Join(", ", tried)} for {Seconds(duration)}; unless confirmed, the policies before come back");
        return (outcome, trial.Describe());
    }

    private ChangeOutcome.TrialRuns? RefuseDuringTrial(ChangeRules rules) =>
        _trial is { } trial && !(trial.Problem is not null && rules is { ReplacesAll: true, IsTrial: false })
            ? new ChangeOutcome.TrialRuns(trial.Remaining.TotalSeconds)
            : null;

    /// <summary>A set that replaces all has been loaded while going back failed: that is the end of the trial too.</summary>
    private void AfterChange()
    {
        if (_trial is { } trial)
        {
            Forget(trial);
            Tell("agent.trial-ended", "other policies were applied");
        }
    }

    /// <returns>Why the policies in force are not on the disk, or null.</returns>
    private string? SaveCurrent()
    {
        try
        {
            using var prepared = state.Prepare(_current!.Files);
            prepared.Commit();
            health.Clear(HealthTopic.Saving);
            return null;
        }
        catch (PolicyStateException e)
        {
            ReportUnsaved(e);
            return e.Message;
        }
    }

    private async Task<TrialOutcome> WithTrialAsync(
        PolicyTrial? trial, Func<PolicyTrial, TrialOutcome> end, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            // Another one may have ended it while this one waited.
            return trial is null || trial != _trial
                ? new TrialOutcome.NoTrial()
                : await Task.Run(() => end(trial), CancellationToken.None);
        }
        finally
        {
            _changing.Release();
        }
    }

    private TrialOutcome Confirm(PolicyTrial trial)
    {
        // The timer may be a moment late, a confirmation may not: whoever is told "kept" must be able to rely on it.
        if (trial.Remaining == TimeSpan.Zero && trial.Problem is null)
        {
            return new TrialOutcome.NoTrial();
        }

        if (SaveCurrent() is { } problem)
        {
            return new TrialOutcome.Failed($"{problem}; the trial goes on, and the agent goes back when its time is over");
        }

        var description = trial.Describe();
        Forget(trial);
        Tell("agent.trial-confirmed", string.Join(", ", description.Policies));
        return new TrialOutcome.Done(description);
    }

    private async Task EndLateAsync(PolicyTrial trial)
    {
        try
        {
            await WithTrialAsync(trial, t => GoBack(t, $"not confirmed within {Seconds(t.Duration)}"), CancellationToken.None);
        }
        catch (ObjectDisposedException)
        {
            // The agent ended meanwhile, and went back by itself.
        }
    }

    private TrialOutcome GoBack(PolicyTrial trial, string reason)
    {
        var description = trial.Describe();
        try
        {
            Load(WithBuiltIn(trial.Before));
        }
        catch (KernelGateException e)
        {
            return ReportStuck(trial, e);
        }

        Forget(trial);
        Tell("agent.trial-ended", $"went back to the policies before: {reason}");
        return new TrialOutcome.Done(description);
    }

    private TrialOutcome.Failed ReportStuck(PolicyTrial trial, KernelGateException e)
    {
        var text = $"the policies before the trial cannot be loaded ({e.Message}); the tried ones go on deciding (generation {gate.Generation}): "
            + "open is what only the earlier ones refuse, closed what only the tried ones refuse. Trying again every "
            + $"{Seconds(s_tryAgainAfter)}; `gatehouse policy apply --replace-all` is another way out";
        trial.Problem = text;
        logger.LogCritical(e, "{Problem}", text);
        if (health.Set(HealthTopic.Trial, HealthLevel.Failing, text))
        {
            stream.Publish(clock.Agent("agent.trial-failed", text, gate.Generation));
        }

        trial.Timer?.Change(s_tryAgainAfter, Timeout.InfiniteTimeSpan);
        return new TrialOutcome.Failed(text);
    }

    private void Forget(PolicyTrial trial)
    {
        trial.Dispose();
        _trial = null;
        health.Clear(HealthTopic.Trial);
    }

    private void Tell(string operation, string text)
    {
        logger.LogWarning("{Operation}: {Text}.", operation, text);
        stream.Publish(clock.Agent(operation, text, gate.Generation));
    }
}
