using System.Globalization;
using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Faults at moments that nobody chooses. Meanwhile `hammer` starts a denied program and its neighbour in a loop, and ends at the first wrong verdict: a
/// moment without enforcement, or one that refuses too much. docs/architecture.md has the outcomes.
/// </summary>
// Slowest: how long the short ones take was not measured on a machine that has nothing else to do. Without it on the class, CI runs them on 6.1.
[Trait("speed", "slow"), Trait("speed", "slowest"), Trait("kind", "chaos")]
public sealed class ChaosTests : IAsyncLifetime
{
    /// <summary>As the kernel counts badness: the first to be ended, and the last but one.</summary>
    private const int First = 1000, Last = -999;

    /// <summary>Of the hammer, each with a denied program and its neighbour. On an idle machine it makes some hundred in a second.</summary>
    private const int FewestRounds = 100;

    private readonly GuestAgent _agent = new();
    private readonly Volume _volume = Volume.Create("tmpfs");
    private readonly int _seed = Environment.TickCount;
    private string _denied = "";
    private string _rule = "";
    private Task<Outcome>? _hammer;

    public async ValueTask InitializeAsync()
    {
        _denied = _volume.Add(InGuest.Attack("payload"), "denied");
        var allowed = _volume.Add(InGuest.Attack("payload"), "allowed");
        _rule = GuestAgent.Deny("no-payload", $"image.path == \"{_denied}\"");
        await _agent.StartAsync();
        await _agent.ApplyAsync(Rules.Neutral);
        InGuest.Run(_denied).Ran.ShouldBeTrue("works without a rule");
        await _agent.ApplyAsync(_rule);
        InGuest.Run(_denied).Refused.ShouldBeTrue();
        _hammer = Task.Run(() => InGuest.Run(InGuest.Attack("hammer"), _denied, allowed, Path.Combine(_volume.Folder, "stop")));
    }

    public async ValueTask DisposeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_volume.Folder, "stop"), "");
        await _hammer!;
        await _agent.DisposeAsync();
        _volume.Dispose();
    }

    [Fact]
    public Task Ten_quick_restarts_leave_no_moment_without_enforcement() => RestartAsync(10);

    [Fact, Trait("speed", "slowest")]
    public Task Two_hundred_quick_restarts_leave_no_moment_without_enforcement() => RestartAsync(200);

    [Fact]
    public Task Five_crashes_in_a_reload_lose_nothing_that_was_acknowledged() => CrashInReloadAsync(5);

    [Fact, Trait("speed", "slowest")]
    public Task Forty_crashes_in_a_reload_lose_nothing_that_was_acknowledged() => CrashInReloadAsync(40);

    /// <summary>Killed at a random moment of its start, when it takes over, loads, proves or serves.</summary>
    private async Task RestartAsync(int restarts)
    {
        var random = new Random(_seed);
        _agent.Kill();
        for (var i = 0; i < restarts; i++)
        {
            _agent.Begin();
            await Task.Delay(random.Next(3000));
            _agent.Kill();
        }
        await _agent.StartAsync();

        var status = await _agent.Client.GetStatusAsync();
        status.Enforcement.TookOver.ShouldBeTrue($"seed {_seed}");
        status.Policies.Select(static p => p.Name).ShouldBe(["test"]);
        await HammerSawNothingAsync();
    }

    /// <summary>What was acknowledged is there afterwards, and what was not is there as a whole or not at all.</summary>
    private async Task CrashInReloadAsync(int crashes)
    {
        var random = new Random(_seed);
        var acknowledged = "first";
        await ApplyAsync(acknowledged);
        for (var i = 0; i < crashes; i++)
        {
            var next = $"name-{i}";
            var applying = ApplyAsync(next);
            await Task.Delay(random.Next(1500));
            _agent.Kill();
            var answered = await WasAnsweredAsync(applying);
            await _agent.StartAsync();

            var found = (await _agent.Client.GetStatusAsync()).Policies.Single().Name;
            found.ShouldBeOneOf(answered ? [next] : [next, acknowledged]);
            acknowledged = found;
        }
        await HammerSawNothingAsync();
    }

    /// <summary>Policies are in force though they cannot be saved, which is said; when there is room again, the next change is saved.</summary>
    [Fact]
    public async Task Full_disk_keeps_nobody_from_changing_what_is_enforced()
    {
        InGuest.Prepare($"mount -t tmpfs -o size=64k,mode=700 none {GuestAgent.State}");
        try
        {
            await ApplyAsync("before");
            InGuest.Shell($"cat /dev/zero >{GuestAgent.State}/filler");

            await ApplyAsync("on-a-full-disk");

            InGuest.Run(_denied).Refused.ShouldBeTrue();
            var status = await _agent.Client.GetStatusAsync();
            status.Policies.Select(static p => p.Name).ShouldBe(["on-a-full-disk"]);
            status.Problems.ShouldContain(static p => p.Contains("not saved", StringComparison.Ordinal));
            _agent.Kill();
            await _agent.StartAsync();
            (await _agent.Client.GetStatusAsync()).Policies.Select(static p => p.Name).ShouldBe(["before"], "what was saved last");
            File.Delete($"{GuestAgent.State}/filler");
            await ApplyAsync("with-room");
            (await _agent.Client.GetStatusAsync()).Problems.ShouldBeEmpty();
        }
        finally
        {
            InGuest.Prepare($"umount -l {GuestAgent.State}");
        }
        await HammerSawNothingAsync();
    }

    [Fact, Trait("speed", "slowest")]
    public async Task Clock_that_jumps_both_ways_changes_no_verdict_and_stops_no_proof()
    {
        foreach (var jump in (string[])["+10 years", "-20 years", "+10 years"])
        {
            var before = (await _agent.Client.GetStatusAsync()).Enforcement.CheckedAt;
            InGuest.Prepare($"date -s '{jump}'");
            await Eventually.Become(
                async () => (await _agent.Client.GetStatusAsync()) is { Enforcement: { Proven: true } now } && now.CheckedAt != before,
                TimeSpan.FromSeconds(90),
                () => $"no proof after {jump}");
            var since = await _agent.CursorAsync();
            InGuest.Run(_denied).Refused.ShouldBeTrue(jump);
            await _agent.DecisionAsync(since, static d => d.Verdict == Verdict.Deny);
        }
        await HammerSawNothingAsync();
    }

    /// <summary>The kernel ends the agent for want of memory; decisions do not depend on it.</summary>
    [Fact, Trait("speed", "slowest")]
    public async Task Agent_without_memory_ends_and_enforcement_goes_on()
    {
        const string Group = "/sys/fs/cgroup/starved";
        InGuest.Prepare($"echo +memory >/sys/fs/cgroup/cgroup.subtree_control; mkdir -p {Group}; echo {_agent.Pid} >{Group}/cgroup.procs; echo 1M >{Group}/memory.max");
        await Eventually.Become(
            async () =>
            {
                try
                {
                    await ApplyAsync("hungry");
                }
                catch (Exception e) when (IsNoAnswer(e))
                {
                    // It is gone, or about to be.
                }
                return !Directory.Exists($"/proc/{_agent.Pid}") || File.ReadAllText($"/proc/{_agent.Pid}/stat").Contains(" Z ", StringComparison.Ordinal);
            },
            TimeSpan.FromMinutes(3),
            () => "the kernel does not end it");
        InGuest.Run(_denied).Refused.ShouldBeTrue();
        InGuest.Prepare($"rmdir {Group} || sleep 2; rmdir {Group} || true");
        await _agent.StartAsync();
        await HammerSawNothingAsync();
    }

    /// <summary>The whole host has no memory left, again and again: the kernel ends who takes it all, and no verdict is wrong meanwhile.</summary>
    [Fact, Trait("speed", "slowest")]
    public async Task Host_without_memory_ends_who_takes_it_and_enforcement_goes_on()
    {
        // This process is no part of what is tried.
        await File.WriteAllTextAsync("/proc/self/oom_score_adj", $"{Last}");
        await File.WriteAllTextAsync($"/proc/{_agent.Pid}/oom_score_adj", $"{Last}");
        try
        {
            for (var i = 0; i < 5; i++)
            {
                var hog = InGuest.Shell($"(echo {First} >/proc/self/oom_score_adj; exec tail /dev/zero); echo ended $?");
                hog.Output.ShouldContain("ended 137", customMessage: "the kernel ends it by SIGKILL");
                await ApplyAsync($"after-{i}");
                InGuest.Run(_denied).Refused.ShouldBeTrue();
            }
        }
        finally
        {
            await File.WriteAllTextAsync("/proc/self/oom_score_adj", "0");
        }
        InGuest.Prepare("dmesg").ShouldContain("Out of memory: Killed process");
        await HammerSawNothingAsync();
    }

    private Task<ulong> ApplyAsync(string name) => _agent.ApplyAsync([new PolicyFile(name + ".yaml", GuestAgent.Policy(_rule, name: name))]);

    private static async Task<bool> WasAnsweredAsync(Task applying)
    {
        try
        {
            await applying;
            return true;
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return false;
        }
    }

    /// <summary>Nobody listens, or the agent went away in the middle of its answer.</summary>
    private static bool IsNoAnswer(Exception failure) => failure is AgentUnreachableException or ControlProtocolException or OperationCanceledException;

    private async Task HammerSawNothingAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_volume.Folder, "stop"), "");
        var outcome = await _hammer!;
        outcome.ExitCode.ShouldBe(0, $"{outcome}, seed {_seed}");
        int.Parse(outcome.Output.Split(' ')[0], CultureInfo.InvariantCulture).ShouldBeGreaterThan(FewestRounds, "one that hardly ran shows nothing");
    }
}
