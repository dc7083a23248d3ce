using System.Collections.Immutable;
using Gatehouse.KernelTests.Guest;

namespace Gatehouse.KernelTests;

/// <summary>
/// What came of every way of <see cref="OpenWays"/>, tried once for all tests: a policy a right in place of several policies a way,
/// because loading is what takes time.
/// </summary>
public sealed class OpenRightsTable(GuestAgent agent) : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Volume _volume = Volume.Create("tmpfs");
    private string _attacker = "";

    public string Victim { get; private set; } = "";

    public string Neighbour { get; private set; } = "";

    /// <summary>By way: without a rule.</summary>
    internal Dictionary<string, string> Unprotected { get; } = new(StringComparer.Ordinal);

    /// <summary>By way and right, for the rights that the way uses: that right alone denied.</summary>
    internal Dictionary<(string Way, string Right), string> Denied { get; } = [];

    /// <summary>The same on another process.</summary>
    internal Dictionary<(string Way, string Right), string> OnNeighbour { get; } = [];

    /// <summary>By way: every right denied that the way does not use.</summary>
    internal Dictionary<string, string> OthersDenied { get; } = new(StringComparer.Ordinal);

    /// <summary>What the events of <see cref="Denied"/> said.</summary>
    internal Dictionary<(string Way, string Right), DecisionRecord> Events { get; } = [];

    public async ValueTask InitializeAsync()
    {
        _attacker = _volume.Add(InGuest.Attack("right_attempt"), "attacker");
        Victim = _volume.Add(InGuest.Attack("right_attempt"), "victim");
        Neighbour = _volume.Add(InGuest.Attack("right_attempt"), "neighbour");
        await agent.EnsureAsync(Rules.Neutral);
        foreach (var way in OpenWays.All)
            Unprotected[way.Name] = Attempt(way, Victim);
        foreach (var right in OpenWays.Rights)
            await DenyAsync(right);
        foreach (var group in OpenWays.All.GroupBy(static w => string.Join('+', w.Rights), StringComparer.Ordinal))
            await DenyOthersAsync([.. group]);
        await agent.EnsureAsync(Rules.Neutral);
    }

    public ValueTask DisposeAsync()
    {
        _volume.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task DenyAsync(string right)
    {
        var ways = OpenWays.All.Where(w => w.Rights.Contains(right, StringComparer.Ordinal) && Works(w)).ToList();
        var cursor = await agent.CursorAsync();
        // Those that open first have opened before the policy comes.
        await agent.EnsureAsync(Rules.Neutral);
        var attempts = ways.Select(w => (Way: w, Attempt: w.OpensFirst ? new OpenAttempt(w, _attacker, Victim) : null)).ToList();
        await agent.EnsureAsync(Deny([right]));
        var targets = new Dictionary<string, int>(StringComparer.Ordinal);
        // What was opened first ends first: a move into a frozen group is asked for every process, and the event names the first victim.
        foreach (var (way, opened) in attempts.OrderBy(static a => a.Attempt is null))
        {
            using (var attempt = opened ?? new OpenAttempt(way, _attacker, Victim))
            {
                targets[way.Name] = attempt.TargetPid;
                Denied[(way.Name, right)] = attempt.Finish();
            }
            // Only now: some ways put their target into a group, and what is done to a group is done to all who are in it.
            OnNeighbour[(way.Name, right)] = Attempt(way, Neighbour);
        }
        await CollectEventsAsync(right, ways, targets, cursor);
    }

    private async Task DenyOthersAsync(ImmutableArray<OpenWay> ways)
    {
        await agent.EnsureAsync(Rules.Neutral);
        var attempts = ways.Where(Works).Select(w => (Way: w, Attempt: w.OpensFirst ? new OpenAttempt(w, _attacker, Victim) : null)).ToList();
        await agent.EnsureAsync(Deny(OpenWays.Rights.Except(ways[0].Rights, StringComparer.Ordinal)));
        foreach (var (way, opened) in attempts)
        {
            using var attempt = opened ?? new OpenAttempt(way, _attacker, Victim);
            OthersDenied[way.Name] = attempt.Finish();
        }
    }

    private async Task CollectEventsAsync(string right, List<OpenWay> ways, Dictionary<string, int> targets, ulong cursor)
    {
        var missing = ways.Where(w => Denied[(w.Name, right)].StartsWith("refused", StringComparison.Ordinal)).ToList();
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (missing.Count > 0 && System.Diagnostics.Stopwatch.GetElapsedTime(start) < s_patience)
        {
            var denials = (await agent.RecordsAsync(cursor)).OfType<DecisionRecord>()
                .Where(d => d.Verdict == Verdict.Deny && Is(d.Request?.Right, right)).ToList();
            foreach (var way in missing.ToList())
            {
                var found = denials.Find(d => way.TargetIsOwnChild ? Is(d.Hook, "ptrace_traceme") : d.Object.Target?.Pid == targets[way.Name]);
                if (found is null)
                    continue;
                Events[(way.Name, right)] = found;
                missing.Remove(way);
            }
        }
    }

    /// <summary>For the attacker only, so that the tests themselves can end its targets; of traceme, which has no attacker, for the victim.</summary>
    private string Deny(IEnumerable<string> rights)
    {
        var list = string.Join(", ", rights.Select(static r => $"\"{r}\""));
        return Rules.Deny(
            "no-right",
            "process.open",
            $"open.right in [{list}] && process.file in [\"{_attacker}\", \"{Victim}\"] && target.file == \"{Victim}\"");
    }

    private string Attempt(OpenWay way, string target)
    {
        using var attempt = new OpenAttempt(way, _attacker, target);
        return attempt.Finish();
    }

    private bool Works(OpenWay way) => Is(Unprotected[way.Name], "granted");

    private static bool Is(string? text, string expected) => string.Equals(text, expected, StringComparison.Ordinal);
}
