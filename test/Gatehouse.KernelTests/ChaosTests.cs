using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Faults at moments that nobody chooses. Meanwhile `hammer` starts a denied program and its neighbour in a loop, and ends at the first wrong verdict: a
/// moment without enforcement, or one that refuses too much. docs/architecture.md has the outcomes.
/// </summary>
[Trait("speed", "slow"), Trait("speed", "slowest")]
public sealed class ChaosTests : IAsyncLifetime
{
    private const int Restarts = 200;
    private const int Crashes = 40;

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

    /// <summary>Killed at a random moment of its start, when it takes over, loads, proves or serves.</summary>
    [Fact]
    public async Task Two_hundred_quick_restarts_leave_no_moment_without_enforcement()
    {
        var random = new Random(_seed);
        _agent.Kill();
        for (var i = 0; i < Restarts; i++)
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
    [Fact]
    public async Task Crash_in_a_reload_loses_nothing_that_was_acknowledged()
    {
        var random = new Random(_seed);
        var acknowledged = "first";
        await ApplyAsync(acknowledged);
        for (var i = 0; i < Crashes; i++)
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

    [Fact]
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
    [Fact]
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
                catch (Exception e) when (e is AgentUnreachableException or OperationCanceledException)
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

    private Task<ulong> ApplyAsync(string name) => _agent.ApplyAsync([new PolicyFile(name + ".yaml", GuestAgent.Policy(_rule, name: name))]);

    private static async Task<bool> WasAnsweredAsync(Task applying)
    {
        try
        {
            await applying;
            return true;
        }
        catch (Exception e) when (e is AgentUnreachableException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task HammerSawNothingAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_volume.Folder, "stop"), "");
        var outcome = await _hammer!;
        outcome.ExitCode.ShouldBe(0, $"{outcome}, seed {_seed}");
    }
}
