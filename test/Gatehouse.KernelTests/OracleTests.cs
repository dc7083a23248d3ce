using System.Diagnostics;
using System.Globalization;
using Gatehouse.KernelTests.Guest;
using Gatehouse.KernelTests.Oracle;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Random policies and random operations: the kernel and the evaluator in C# share nothing but the text, and must say the same.
/// GATEHOUSE_ORACLE_SEED repeats a run.
/// </summary>
[Trait("speed", "slow"), Collection(WithAgent.Name)]
public sealed class OracleTests(GuestAgent agent)
{
    /// <summary>On each of three kernels, so that CI sees more than 10,000.</summary>
    private const int CasesAtLeast = 3_500;

    private const int PoliciesAtLeast = 25;
    private const int EventsAtLeast = 500;

    /// <summary>Reading the stream takes longer than deciding.</summary>
    private const int PoliciesToReplay = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(240);

    [Fact]
    public async Task Kernel_and_evaluator_agree_on_random_policies_and_operations()
    {
        var seed = Environment.GetEnvironmentVariable("GATEHOUSE_ORACLE_SEED") is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        var random = new Random(seed);
        await agent.ApplyAsync(Rules.Neutral);
        using var world = new OracleWorld();
        await using var clients = await OracleClients.ConnectAsync(world);
        var policies = new OraclePolicies(random, world);
        var tally = new OracleTally(seed);
        var replay = new OracleReplay(world, seed);
        var refusals = new List<string>();
        var (loaded, refused) = (0, 0);
        var (applying, acting, replaying) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        var start = Stopwatch.GetTimestamp();

        while ((tally.Cases < CasesAtLeast || loaded < PoliciesAtLeast) && tally.Disagreements == 0 && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            var texts = policies.Next();
            if (OracleVerdicts.Compile(texts, refusals) is not { } verdicts)
            {
                refused++;
                continue;
            }
            world.Drivers.Clear();
            var cursor = await agent.CursorAsync();
            var lap = Stopwatch.GetTimestamp();
            var generation = await agent.ApplyAsync([.. texts.Select(static (t, i) => new PolicyFile($"p{i}.yaml", t))]);
            loaded++;
            applying += Stopwatch.GetElapsedTime(lap);
            lap = Stopwatch.GetTimestamp();
            foreach (var seat in world.Seats)
                new OracleSession(random, world, verdicts, seat, tally).Run();
            acting += Stopwatch.GetElapsedTime(lap);
            lap = Stopwatch.GetTimestamp();
            if (tally.Disagreements > 0)
                tally.Explain((await agent.RecordsAsync(cursor)).OfType<DecisionRecord>().Where(r => r.Subject.Process.Executable is { } path && world.Roots.Any(path.StartsWith)));
            if (loaded % PoliciesToReplay == 0)
                replay.Compare(await agent.RecordsAsync(cursor), generation, verdicts);
            replaying += Stopwatch.GetElapsedTime(lap);
        }
        await agent.ApplyAsync(Rules.Neutral);
        agent.EndTrust();

        tally.Disagreements.ShouldBe(0, tally.Complaints);
        replay.Disagreements.ShouldBe(0, replay.Complaints);
        var summary = string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {tally.Cases} cases, {tally.Uncertain} uncertain, {loaded} policies, {refused} refused, {replay.Events} events, {replay.Images} of images, "
                + $"asked {clients.Asked}, missed {clients.Missed}, {applying} applying, {acting} acting, {replaying} replaying, "
                + $"{string.Join(", ", tally.Outcomes)}, {string.Join(", ", tally.Topics.OrderBy(static t => t.Key, StringComparer.Ordinal))}; {string.Join('\n', refusals.Take(5))}");
        TestContext.Current.SendDiagnosticMessage(summary);
        // Else the agreement is about nothing.
        tally.Cases.ShouldBeGreaterThanOrEqualTo(CasesAtLeast, summary);
        loaded.ShouldBeGreaterThanOrEqualTo(PoliciesAtLeast, summary);
        refused.ShouldBeLessThan(loaded, summary);
        tally.Uncertain.ShouldBeLessThan(tally.Cases / 4, summary);
        replay.Events.ShouldBeGreaterThanOrEqualTo(EventsAtLeast, summary);
        foreach (var (outcome, share) in new[] { (OracleVerdicts.Granted, 10), (OracleVerdicts.Refused, 20), (OracleVerdicts.Killed, 500) })
            tally.Outcomes.GetValueOrDefault(outcome).ShouldBeGreaterThan(CasesAtLeast / share, $"{outcome}: {summary}");
    }
}
