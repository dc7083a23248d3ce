using Gatehouse.Agent.Events;
using Gatehouse.Agent.Health;
using Gatehouse.Agent.Sealing;
using Gatehouse.Kernel;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Agent.Enforcement;

/// <summary>Owns the set of policies in force: every change goes through here, one at a time, and is made whole or not at all.</summary>
internal sealed partial class Enforcer(
    IKernelGate gate,
    PolicyStateFile state,
    LockOutGuard lockOut,
    GenerationNames names,
    EventStream stream,
    StreamClock clock,
    HealthBoard health,
    TimeProvider time,
    ILogger<Enforcer> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile PolicySet? _current;
    private Func<bool> _isLocked = static () => false;

    /// <summary>The set in force; null if the kernel decides by a generation whose policies are not known.</summary>
    public PolicySet? Current => _current;

    public IKernelGate Gate => gate;

    /// <summary>By client that a set asks, where the kernel side keeps its answers.</summary>
    public Func<PolicySet, IReadOnlyDictionary<string, int>> SlotsOf { get; set; } = static set => set.AnswerSlots();

    /// <summary>What of a set could not be protected; nothing if it can.</summary>
    public Func<PolicySet, IReadOnlyList<PolicyDiagnostic>> CheckProtections { get; set; } = static set => ProtectionGuard.Check(set, isSealed: false, []);

    /// <summary>Keeps the files that policies protect; null on a host that is not sealed.</summary>
    public ProtectionKeeper? Protections { get; set; }

    /// <summary>Called after policies were put in force.</summary>
    public Action? Changed { get; set; }

    /// <summary>Adds a policy to each set from now on, and takes no changes while somebody says so. Before <see cref="Begin"/>.</summary>
    public void Lock(PolicyFile builtIn, Func<bool> isLocked)
    {
        _builtIn = [builtIn];
        _isLocked = isLocked;
    }

    /// <summary>Puts the first set of this agent in force.</summary>
    /// <param name="fromCommandLine">What the command line names, or null to go on with the saved set.</param>
    /// <exception cref="KernelGateException">The kernel refused it. What was in force still is.</exception>
    public void Begin(PolicySet? fromCommandLine)
    {
        if (fromCommandLine is not null)
        {
            Load(fromCommandLine);
            return;
        }

        var (saved, problem) = ReadSaved();
        if (saved is not null)
        {
            Load(saved);
            return;
        }

        // Failing closed: what an earlier agent loaded goes on deciding, although nobody can say what it is.
        var running = gate.Generation;
        var text = gate.OthersPinned
            ? $"{problem}; what another version of the agent pinned goes on deciding (apply policies with replaceAll to end this)"
            : running > 0
            ? $"{problem}; the kernel goes on with generation {running} of an earlier agent (apply policies with replaceAll to end this)"
            : $"{problem}; no policy is in force (apply policies with replaceAll to end this)";
        health.Set(HealthTopic.State, running > 0 || gate.OthersPinned ? HealthLevel.Degraded : HealthLevel.Failing, text);
        logger.LogCritical("{Problem}", text);
    }

    /// <summary>Adds, replaces or (with <paramref name="replaceAll"/>) exchanges policies.</summary>
    public Task<ChangeOutcome> ApplyAsync(IReadOnlyList<PolicyFile> files, bool replaceAll, CancellationToken cancellationToken) =>
        ChangeAsync(current => replaceAll ? files : Merge(current!, files), new ChangeRules(replaceAll), cancellationToken);

    /// <summary>Removes a policy.</summary>
    public Task<ChangeOutcome> RemoveAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(
            current => current!.Policies.Any(p => !p.IsBuiltIn && Is(p, name))
                ? [.. current.Policies.Where(p => !p.IsBuiltIn && !Is(p, name)).Select(static p => p.File)]
                : null,
            new ChangeRules(ReplacesAll: false),
            cancellationToken);

    /// <summary>
    /// Changes something else that decisions rest on, and loads the policies in force once more: the kernel side keeps verdicts
    /// of a generation, and a new one forgets them.
    /// </summary>
    /// <param name="change">What to change; it is made even if the policies cannot be loaded again.</param>
    /// <returns>Why the policies could not be loaded, so that verdicts of before may still count; null if all is well.</returns>
    /// <remarks>Not cancellable: a client that hangs up must not leave the change without the new generation.</remarks>
    public async Task<string?> ReloadAfterAsync(Action change)
    {
        await _changing.WaitAsync(CancellationToken.None);
        try
        {
            return await Task.Run(() => ReloadAfter(change), CancellationToken.None);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>What the policies in force would refuse that the owner needs, if other contents were trusted; empty: nothing.</summary>
    /// <param name="trustOf">From a SHA-256 to a word of <c>image.trust</c>.</param>
    public IReadOnlyList<PolicyDiagnostic> FindLockOut(Func<string, string?> trustOf) =>
        _current is { } current ? lockOut.Check(current, trustOf) : [];

    private string? ReloadAfter(Action change)
    {
        change();
        if (_current is not { } current)
        {
            return gate.Generation == 0
                ? null
                : "the policies in force are not known, so they cannot be loaded again; apply policies with replaceAll";
        }

        try
        {
            // Nothing is saved: during a trial the policies before it stay the saved ones.
            Load(current, save: false);
            return null;
        }
        catch (KernelGateException e)
        {
            logger.LogError(e, "The policies could not be loaded again; generation {Generation} stays in force.", gate.Generation);
            return e.Message;
        }
    }

    private static bool Is(ActivePolicy policy, string name) => string.Equals(policy.Name, name, StringComparison.Ordinal);

    private static IReadOnlyList<PolicyFile> Merge(PolicySet current, IReadOnlyList<PolicyFile> files)
    {
        // A policy is known by the name in its metadata, so the files must be read first. One that cannot be read keeps no
        // other from being checked: it ends the whole change below.
        var replaced = files
            .Select(static f => PolicyParser.Parse(PolicySet.Source(f)).Document?.Name)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        return [.. current.Policies.Where(p => !p.IsBuiltIn && !replaced.Contains(p.Name)).Select(static p => p.File), .. files];
    }

    private async Task<ChangeOutcome> ChangeAsync(
        Func<PolicySet?, IReadOnlyList<PolicyFile>?> next, ChangeRules rules, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            // Not cancellable from here on: a client that hangs up must not leave half a change.
            return await Task.Run(() => Change(next, rules), CancellationToken.None);
        }
        finally
        {
            _changing.Release();
        }
    }

    private ChangeOutcome Change(Func<PolicySet?, IReadOnlyList<PolicyFile>?> next, ChangeRules rules)
    {
        if (_isLocked())
        {
            return new ChangeOutcome.Sealed();
        }

        if (RefuseDuringTrial(rules) is { } refused)
        {
            return refused;
        }

        if ((!rules.ReplacesAll || rules.IsTrial) && _current is null)
        {
            return new ChangeOutcome.UnknownCurrent();
        }

        if (next(_current) is not { } files)
        {
            return new ChangeOutcome.NoSuchPolicy();
        }

        var (set, diagnostics) = PolicySet.Compile(files, BuiltIn);
        if (set is null)
        {
            return new ChangeOutcome.Refused(diagnostics);
        }

        var lockedOut = lockOut.Check(set);
        if (lockedOut.Count > 0)
        {
            return new ChangeOutcome.Refused([.. diagnostics, .. lockedOut]);
        }

        var unprotectable = CheckProtections(set);
        if (unprotectable.Count > 0)
        {
            return new ChangeOutcome.Refused([.. diagnostics, .. unprotectable]);
        }

        if (rules.Check?.Invoke(_current, set) is { Count: > 0 } findings)
        {
            return new ChangeOutcome.Refused([.. diagnostics, .. findings]);
        }

        if (rules.IsTrial && SaveCurrent() is { } problem)
        {
            return new ChangeOutcome.CannotSave(problem);
        }

        try
        {
            Protections?.Use(ProtectionGuard.GroupsOf(set));
            var loaded = Load(set, save: !rules.IsTrial);
            AfterChange();
            return new ChangeOutcome.Applied(Describe(set, loaded, diagnostics));
        }
        catch (KernelGateException e)
        {
            logger.LogError(e, "The kernel refused the policies; generation {Generation} stays in force.", gate.Generation);
            if (_current is { } before)
            {
                Protections?.UseAsFarAsPossible(ProtectionGuard.GroupsOf(before));
            }

            return new ChangeOutcome.KernelRefused(e.Message);
        }
    }

    private LoadedGeneration Load(PolicySet set, bool save = true)
    {
        using var prepared = save ? TryPrepare(set) : null;

        // Events of the new generation can arrive before Load has returned its number.
        var slots = SlotsOf(set);
        names.Remember(gate.Generation + 1, set.RuleNames(), slots);
        var loaded = gate.Load(set.Image, slots);
        names.Remember(loaded.Number, set.RuleNames(), slots);
        _current = set;
        Protections?.UseAsFarAsPossible(ProtectionGuard.GroupsOf(set));
        health.Clear(HealthTopic.State);
        logger.LogInformation(
            "Generation {Generation} is in force: {Policies} policies, {Rules} rules, {Elapsed} ms.",
            loaded.Number, set.Policies.Count, set.Image.Rules.Count, loaded.Elapsed.TotalMilliseconds);
        foreach (var binding in loaded.Bindings.Where(static b => b.Inodes.Count == 0))
        {
            logger.LogInformation("{Path} is not bound to a file ({Problem}); its spelling alone is compared.", binding.Path, binding.Problem);
        }

        stream.Publish(clock.Agent(
            "agent.policies-loaded",
            $"{set.Policies.Count} policies with {set.Image.Rules.Count} rules, fingerprint {set.Image.Fingerprint}",
            loaded.Number));
        Commit(prepared);
        Changed?.Invoke();
        return loaded;
    }

    // A full disk must not keep the owner from changing what is enforced, so saving is reported and not required.
    private PreparedState? TryPrepare(PolicySet set)
    {
        try
        {
            return state.Prepare(set.Files);
        }
        catch (PolicyStateException e)
        {
            ReportUnsaved(e);
            return null;
        }
    }

    private void Commit(PreparedState? prepared)
    {
        if (prepared is null)
        {
            return;
        }

        try
        {
            prepared.Commit();
            health.Clear(HealthTopic.Saving);
        }
        catch (PolicyStateException e)
        {
            ReportUnsaved(e);
        }
    }

    private void ReportUnsaved(PolicyStateException e)
    {
        logger.LogError(e, "The policies in force are not saved; a restarted agent would go back to the set before.");
        health.Set(HealthTopic.Saving, HealthLevel.Degraded, "the policies in force are not saved: " + e.Message);
    }

    private (PolicySet? Set, string? Problem) ReadSaved()
    {
        IReadOnlyList<PolicyFile>? files;
        try
        {
            files = state.Read();
        }
        catch (PolicyStateException e)
        {
            return (null, e.Message);
        }

        // Loading an empty set now would end what an earlier agent, of this or another version, still enforces.
        if (files is null && (gate.Generation > 0 || gate.OthersPinned))
        {
            return (null, $"there are no saved policies in {state.FilePath}");
        }

        var (set, diagnostics) = PolicySet.Compile(files ?? [], BuiltIn);
        if (set is null)
        {
            var first = diagnostics.First(static d => string.Equals(d.Severity, "error", StringComparison.Ordinal));
            return (null, $"{state.FilePath} has a policy that this agent refuses: {first.File}:{first.Line}: {first.Code}: {first.Message}");
        }

        return (set, null);
    }

    private static ApplyPoliciesResult Describe(PolicySet set, LoadedGeneration loaded, IReadOnlyList<PolicyDiagnostic> warnings) => new()
    {
        Generation = loaded.Number,
        Policies = set.Summaries(),
        Warnings = warnings,
        Bindings = [.. loaded.Bindings.Select(static b => new PathBindingSummary
        {
            Path = b.Path,
            ResolvedPath = b.ResolvedPath,
            Bound = b.Inodes.Count > 0,
            Problem = b.Problem,
        })],
        LoadMilliseconds = loaded.Elapsed.TotalMilliseconds,
    };
}
