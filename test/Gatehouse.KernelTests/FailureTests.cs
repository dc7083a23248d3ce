using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>What goes on when parts of Gatehouse do not. Each test has an agent of its own.</summary>
public sealed class FailureTests
{
    private const int SmallRing = 64 * 1024;

    // Slow: a ring of its own size means that all programs are verified again, twice.
    [Fact, Trait("speed", "slow"), Trait("speed", "slowest"), Trait("kind", "chaos")]
    public async Task Full_ring_loses_events_and_no_decision()
    {
        await using var agent = new GuestAgent { Options = ["--ring-bytes", $"{SmallRing}"] };
        await agent.StartAsync();
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload"), "payload");
        var neighbour = volume.Add(InGuest.Attack("payload"), "neighbour");
        await agent.ApplyAsync(GuestAgent.Deny("no-payload", $"image.path == \"{program}\""));
        var cursor = await agent.CursorAsync();

        agent.Stop();
        // About 1 KiB an event, two events a program: this is several times the ring.
        for (var i = 0; i < 200; i++)
        {
            InGuest.Run(program).Refused.ShouldBeTrue($"denied program, round {i}");
            InGuest.Run(neighbour).Ran.ShouldBeTrue($"its neighbour, round {i}");
        }
        agent.Continue();

        LossRecord? loss = null;
        await Eventually.Become(
            async () => (loss = (await agent.RecordsAsync(cursor)).OfType<LossRecord>().FirstOrDefault()) is not null,
            TimeSpan.FromSeconds(60),
            () => "no loss record");
        loss!.Lost.Values.Aggregate(0ul, static (sum, n) => sum + n).ShouldBeGreaterThan(0ul);
        (await agent.Client.GetStatusAsync()).Events.LostInKernel["process.exec"].ShouldBeGreaterThan(0ul);
        InGuest.Run(program).Refused.ShouldBeTrue();
    }

    [Fact, Trait("speed", "slow"), Trait("speed", "slowest"), Trait("kind", "chaos")]
    public async Task Killed_agent_leaves_enforcement_and_the_next_one_takes_over_without_a_gap()
    {
        await using var agent = new GuestAgent();
        await agent.StartAsync();
        using var volume = Volume.Create("tmpfs");
        var denied = volume.Add(InGuest.Attack("payload"), "denied");
        var allowed = volume.Add(InGuest.Attack("payload"), "allowed");
        var generation = await agent.ApplyAsync(GuestAgent.Deny("no-payload", $"image.path == \"{denied}\""));
        var stop = Path.Combine(volume.Folder, "stop");
        var hammer = Task.Run(() => InGuest.Run(InGuest.Attack("hammer"), denied, allowed, stop));

        for (var i = 0; i < 3; i++)
        {
            agent.Kill();
            InGuest.Run(denied).Refused.ShouldBeTrue("while no agent runs");
            InGuest.Run(allowed).Ran.ShouldBeTrue("while no agent runs");
            await agent.StartAsync();
            var status = await agent.Client.GetStatusAsync();
            status.Enforcement.TookOver.ShouldBeTrue();
            status.Enforcement.Generation.ShouldBeGreaterThanOrEqualTo(generation);
            status.Policies.Select(static p => p.Name).ShouldBe(["test"]);
        }
        await File.WriteAllTextAsync(stop, "");
        var outcome = await hammer;
        outcome.ExitCode.ShouldBe(0, outcome.ToString());

        var cursor = await agent.CursorAsync();
        InGuest.Run(denied).Refused.ShouldBeTrue();
        // What the hammer was refused before may still come: of a generation that this agent never knew, so without the rule's name.
        var known = (await agent.Client.GetStatusAsync()).Enforcement.Generation;
        (await agent.DecisionAsync(cursor, d => d.Verdict == Verdict.Deny && d.Generation == known)).Rule.ShouldBe("no-payload");
    }

    [Fact, Trait("speed", "slow")]
    public async Task Ftrace_switched_off_is_noticed_and_enforcement_is_not_claimed()
    {
        await using var agent = new GuestAgent();
        await agent.StartAsync();
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload"), "payload");
        await agent.ApplyAsync(GuestAgent.Deny("no-payload", $"image.path == \"{program}\""));
        InGuest.Run(program).Refused.ShouldBeTrue();
        var cursor = await agent.CursorAsync();

        InGuest.Prepare("echo 0 > /proc/sys/kernel/ftrace_enabled");
        try
        {
            InGuest.Run(program).Ran.ShouldBeTrue("the known hole: hooks hang on ftrace (limitations.md)");
            await Eventually.Become(
                async () => !(await agent.Client.GetStatusAsync()).Enforcement.Proven,
                TimeSpan.FromSeconds(60),
                () => "still proven");
            (await agent.RecordsAsync(cursor)).OfType<AgentRecord>().ShouldContain(r => r.Operation.Contains("canary", StringComparison.Ordinal));
            var doctor = InGuest.Run("gatehouse", "doctor");
            doctor.ExitCode.ShouldBe(4, doctor.ToString());
            doctor.Output.ShouldContain("sysctl kernel.ftrace_enabled=1");
        }
        finally
        {
            InGuest.Prepare("echo 1 > /proc/sys/kernel/ftrace_enabled");
        }
        await Eventually.Become(
            async () => (await agent.Client.GetStatusAsync()).Enforcement.Proven, TimeSpan.FromSeconds(60), () => "not proven again");
        InGuest.Run(program).Refused.ShouldBeTrue();
    }

    // Slow: twenty loads, and what it looks for does not depend on the kernel.
    [Fact, Trait("speed", "slow"), Trait("speed", "slowest")]
    public async Task Agent_leaves_no_descriptor_behind_when_policies_are_loaded()
    {
        await using var agent = new GuestAgent();
        await agent.StartAsync();
        await agent.ApplyAsync(GuestAgent.Deny("first", "image.path == \"/nowhere\""));
        var before = Directory.GetFiles($"/proc/{agent.Pid}/fd").Length;
        for (var i = 0; i < 20; i++)
            await agent.ApplyAsync(GuestAgent.Deny("next", $"image.path == \"/nowhere/{i}\""));
        // Connections of the control API come and go; twenty loads that leaked a map each would be a hundred.
        Directory.GetFiles($"/proc/{agent.Pid}/fd").Length.ShouldBeLessThan(before + 10);
    }
}
