using Gatehouse.KernelTests.Guest;

namespace Gatehouse.KernelTests;

/// <summary>
/// What came of every way of the attack program `memory`, tried once for all tests under one policy, because loading is what takes
/// time: copies of the program under other names are denied, killed, audited and let alone.
/// </summary>
public sealed class MemoryTable(QuietAgent agent) : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Volume _volume = Volume.Create("tmpfs");

    /// <summary>Name and kind of each way.</summary>
    internal Dictionary<string, string> Kinds { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, MemoryAttempt> Unprotected { get; private set; } = [];

    internal Dictionary<string, MemoryAttempt> Denied { get; private set; } = [];

    /// <summary>Ways by a descriptor that was opened before the policy came.</summary>
    internal Dictionary<string, MemoryAttempt> DeniedLater { get; } = new(StringComparer.Ordinal);

    /// <summary>Ways that need userfaultfd to get as far as to be refused something else, if they are.</summary>
    internal Dictionary<string, MemoryAttempt> Faulter { get; private set; } = [];

    /// <summary>A program that loads a library.</summary>
    internal Outcome Loader { get; private set; } = new(0, -1, "");

    internal Dictionary<string, MemoryAttempt> OnNeighbour { get; private set; } = [];

    internal Dictionary<string, MemoryAttempt> Killed { get; private set; } = [];

    internal Dictionary<string, MemoryAttempt> Audited { get; private set; } = [];

    internal Dictionary<string, MemoryAttempt> Afterwards { get; private set; } = [];

    /// <summary>The first event of each process, but for those of audited ones.</summary>
    internal Dictionary<int, DecisionRecord> Events { get; } = [];

    public async ValueTask InitializeAsync()
    {
        var (attacker, faulter, neighbour) = (Add("attacker"), Add("attacker-faulter"), Add("neighbour"));
        var (killed, audited) = (Add("killed"), Add("audited"));
        var loader = _volume.Add(InGuest.Attack("dlopener"), "attacker-loader");
        foreach (var line in InGuest.Run(attacker, "--list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Kinds.Add(line.Split('\t')[0], line.Split('\t')[1]);

        await agent.EnsureAsync(Rules.Neutral);
        Unprotected = MemoryAttempt.Try(attacker);
        var waiting = Kinds.Keys.Where(static w => w.StartsWith("mem-old", StringComparison.Ordinal)).ToDictionary(
            static w => w, w => Companion.Start(attacker, "--wait", w), StringComparer.Ordinal);
        foreach (var companion in waiting.Values)
            companion.Read();

        var cursor = await agent.CursorAsync();
        await agent.ApplyAsync(
            MemoryRules.Strict(Of("attacker"), "deny", "deny-")
            + Rules.Deny("deny-fault", "memory.userfaultfd", $"process.executable == \"{attacker}\"")
            + MemoryRules.Strict(Of("killed"), "kill", "kill-")
            + Rules.Of("kill-fault", "memory.userfaultfd", Of("killed"), "kill")
            + MemoryRules.Strict(Of("audited"), "audit", "audit-")
            + Rules.Audit("audit-fault", "memory.userfaultfd", Of("audited")));
        Denied = MemoryAttempt.Try(attacker);
        Faulter = MemoryAttempt.Try(
            faulter, "filled-userfaultfd-copy", "filled-userfaultfd-move", "userfaultfd-into-rx", "userfaultfd-into-rx-file");
        foreach (var (way, attempt) in Faulter.Where(static w => w.Key.StartsWith("filled", StringComparison.Ordinal)))
            Denied[way] = attempt;
        Loader = InGuest.Run(loader, InGuest.Attack("libpayload.so"));
        foreach (var (way, companion) in waiting)
        {
            DeniedLater[way] = MemoryAttempt.Parse(companion.Ask("now"));
            companion.Dispose();
        }
        OnNeighbour = MemoryAttempt.Try(neighbour);
        Killed = MemoryAttempt.Try(killed, [.. MemoryWays.Killed.Select(static k => k.Way)]);
        Audited = MemoryAttempt.Try(audited, [.. MemoryWays.Killed.Select(static k => k.Way)]);
        await CollectEventsAsync(cursor);
        await agent.EnsureAsync(Rules.Neutral);
        Afterwards = MemoryAttempt.Try(attacker);
    }

    public ValueTask DisposeAsync()
    {
        _volume.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Add(string name) => _volume.Add(InGuest.Attack("memory"), name);

    private string Of(string name) => $"process.executable.startsWith(\"{_volume.Folder}/{name}\")";

    /// <summary>Until there is one of each who was refused something, or time is over: the tests say which are missing.</summary>
    private async Task CollectEventsAsync(ulong cursor)
    {
        var expected = Denied.Values.Concat(DeniedLater.Values).Concat(Killed.Values).Concat(Audited.Values)
            .Where(a => MemoryWays.ByName.ContainsKey(a.Way) && !a.Unsupported).Select(static a => a.Pid).ToHashSet();
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!expected.IsSubsetOf(Events.Keys) && System.Diagnostics.Stopwatch.GetElapsedTime(start) < s_patience)
        {
            Events.Clear();
            foreach (var record in (await agent.RecordsAsync(cursor)).OfType<DecisionRecord>())
            {
                if (record.Operation.StartsWith("memory.", StringComparison.Ordinal) && record.Rule is not null)
                    Events.TryAdd(record.Subject.Process.Pid, record);
            }
        }
    }
}
