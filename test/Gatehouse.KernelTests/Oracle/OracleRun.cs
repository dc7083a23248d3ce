using System.Diagnostics;
using System.Globalization;
using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>One run with an agent: random policies until there were enough cases of all that must be decided about.</summary>
internal sealed class OracleRun(GuestAgent agent, int seed)
{
    /// <summary>Reading the stream takes longer than deciding.</summary>
    private const int PoliciesToReplay = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(240);

    private readonly Random _random = new(seed);
    private readonly OracleTally _tally = new(seed);
    private readonly List<string> _refusals = [];
    private TimeSpan _preparing;
    private TimeSpan _applying;
    private TimeSpan _acting;
    private TimeSpan _asking;
    private TimeSpan _replaying;
    private int _loaded;
    private int _asked;
    private int _refused;

    /// <summary>Operations whose verdict is certain.</summary>
    public required int Cases { get; init; }

    public required int Policies { get; init; }

    /// <summary>Events that are replayed.</summary>
    public required int Events { get; init; }

    public async Task RunAsync()
    {
        await agent.ApplyAsync(Rules.Neutral);
        var start = Stopwatch.GetTimestamp();
        using var world = new OracleWorld();
        await using var clients = await OracleClients.ConnectAsync(world);
        var policies = new OraclePolicies(_random, world);
        var replay = new OracleReplay(world, seed);
        Lap(ref start, ref _preparing);

        while (!IsEnough(replay) && _tally.Disagreements == 0 && _applying + _acting + _asking + _replaying < s_patience)
            await TryAsync(policies.Next(), world, replay);
        await agent.ApplyAsync(Rules.Neutral);
        agent.EndTrust();

        var summary = Summary(replay, clients);
        TestContext.Current.SendDiagnosticMessage(summary);
        _tally.Disagreements.ShouldBe(0, _tally.Complaints);
        replay.Disagreements.ShouldBe(0, replay.Complaints);
        RequireEnough(replay, clients, summary);
    }

    private async Task TryAsync(IReadOnlyList<string> texts, OracleWorld world, OracleReplay replay)
    {
        if (OracleVerdicts.Compile(texts, _refusals) is not { } verdicts)
        {
            _refused++;
            return;
        }
        world.Drivers.Clear();
        var start = Stopwatch.GetTimestamp();
        var cursor = await agent.CursorAsync();
        var generation = await agent.ApplyAsync([.. texts.Select(static (t, i) => new PolicyFile($"p{i}.yaml", t))]);
        _loaded++;
        _asked += verdicts.Image.AskedClients.IsEmpty ? 0 : 1;
        Lap(ref start, ref _applying);
        foreach (var seat in world.Seats)
            new OracleSession(_random, world, verdicts, seat, _tally).Run();
        Lap(ref start, ref verdicts.Image.AskedClients.IsEmpty ? ref _acting : ref _asking);
        if (_tally.Disagreements > 0)
            _tally.Explain((await agent.RecordsAsync(cursor)).OfType<DecisionRecord>().Where(r => r.Subject.Process.Executable is { } path && world.Roots.Any(path.StartsWith)));
        if (_loaded % PoliciesToReplay == 0)
            replay.Compare(await agent.RecordsAsync(cursor), generation, verdicts);
        Lap(ref start, ref _replaying);
    }

    private bool IsEnough(OracleReplay replay) => _tally.Cases >= Cases && _loaded >= Policies && replay.Events >= Events
        && OracleTopics.Demands.All(d => Count(d.Topics) >= d.AtLeast);

    private int Count(IEnumerable<string> topics) => topics.Sum(t => _tally.Topics.GetValueOrDefault(t));

    /// <summary>Else the agreement is about nothing.</summary>
    private void RequireEnough(OracleReplay replay, OracleClients clients, string summary)
    {
        _tally.Cases.ShouldBeGreaterThanOrEqualTo(Cases, summary);
        _loaded.ShouldBeGreaterThanOrEqualTo(Policies, summary);
        _refused.ShouldBeLessThan(_loaded, summary);
        _tally.Uncertain.ShouldBeLessThan(_tally.Cases / 4, summary);
        replay.Events.ShouldBeGreaterThanOrEqualTo(Events, summary);
        replay.Images.ShouldBeGreaterThan(Events / 10, summary);
        clients.Missed.ShouldBe(0, summary);
        foreach (var (outcome, share) in new[] { (OracleVerdicts.Granted, 10), (OracleVerdicts.Refused, 20), (OracleVerdicts.Killed, 500) })
            _tally.Outcomes.GetValueOrDefault(outcome).ShouldBeGreaterThan(Cases / share, $"{outcome}: {summary}");
        foreach (var (topics, atLeast) in OracleTopics.Demands)
            Count(topics).ShouldBeGreaterThanOrEqualTo(atLeast, $"{string.Join(", ", topics)}: {summary}");
    }

    private string Summary(OracleReplay replay, OracleClients clients)
    {
        static string Counts(IReadOnlyDictionary<string, int> counts) =>
            string.Join(", ", counts.OrderBy(static c => c.Key, StringComparer.Ordinal).Select(static c => $"{c.Key} {c.Value}"));

        return string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {_tally.Cases} cases, {_tally.Uncertain} uncertain, {_loaded} policies ({_asked} ask), {_refused} refused, {replay.Events} events, "
                + $"{replay.Images} of images, {clients.Asked} questions, {clients.Missed} missed\n{Counts(_tally.Outcomes)}\n{Counts(_tally.Topics)}\n"
                + $"seconds: preparing {_preparing.TotalSeconds:F0}, applying {_applying.TotalSeconds:F0}, acting {_acting.TotalSeconds:F0} and {_asking.TotalSeconds:F0} under policies that ask, "
                + $"replaying {_replaying.TotalSeconds:F0}\n{string.Join('\n', _refusals.Take(5))}");
    }

    private static void Lap(ref long start, ref TimeSpan sum)
    {
        sum += Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
    }
}
