using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>`gatehouse selftest` beside an agent that has not sealed the host.</summary>
[Collection(WithAgent.Name), Trait("speed", "slow")]
public sealed class SelftestTests(GuestAgent agent)
{
    private const int LetThrough = 4;
    private const int NothingTried = 1;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    /// <summary>Ways that no kernel refuses, and those that some do not. docs/limitations.md has the reasons.</summary>
    private static readonly string[] s_open = ["process perf-event", "process prlimit-get"];
    private static readonly string[] s_openToReaders = ["process process-madvise", "process read-auxv", "process read-environment", "process read-maps"];

    [Fact]
    public async Task Everything_is_refused_that_this_kernel_can_refuse_and_nothing_is_left()
    {
        var owners = GuestAgent.Deny("no-payload", "image.path == \"/nowhere\"");
        await agent.ApplyAsync(owners);

        var reading = SelftestReading.Run();

        reading.ExitCode.ShouldBe(0, reading.Output);
        reading.With("let-through").ShouldBeEmpty();
        reading.With("unknown").ShouldBeEmpty();
        // Newer kernels refuse some ways by themselves, and the guest lacks this and that.
        reading.With("not-tested").Count.ShouldBeLessThanOrEqualTo(6, string.Join(", ", reading.With("not-tested")));
        reading.With("not-refusable").Where(static w => !w.StartsWith("tamper ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .ShouldBe(GuestKernel.IgnoresHookForReaders ? s_open.Concat(s_openToReaders).Order(StringComparer.Ordinal) : s_open);
        reading.With("refused").ShouldNotContain(static w => w.StartsWith("tamper ", StringComparison.Ordinal));
        reading.Why("unlink").ShouldContain("not sealed");
        reading.With("refused").Count.ShouldBeGreaterThanOrEqualTo(120);
        SelftestReading.ShouldHaveLeftNothing(GuestAgent.State);
        (await agent.Client.GetStatusAsync()).Policies.Select(static p => p.Name).ShouldBe(["test"]);
    }

    /// <summary>Everything is attached and loaded, and for a while nothing asks it.</summary>
    [Fact, Trait("speed", "slowest")]
    public async Task What_is_not_enforced_is_told_as_let_through()
    {
        await Eventually.Become(async () => (await agent.Client.GetStatusAsync()).Enforcement.Proven, s_patience, () => "not proven");
        var running = Task.Run(static () => SelftestReading.Run("--class", "image", "--class", "memory"));
        // The command's own folder: it is made when the policy is in force, which binds nothing while no hook is called.
        await Eventually.Become(
            static () => Task.FromResult(Directory.GetDirectories(Path.GetDirectoryName(GuestAgent.State)!, "gatehouse-selftest-*").Length > 0),
            s_patience,
            () => "it did not begin");
        InGuest.Prepare("echo 0 > /proc/sys/kernel/ftrace_enabled");
        try
        {
            await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(20)));
        }
        finally
        {
            InGuest.Prepare("echo 1 > /proc/sys/kernel/ftrace_enabled");
        }
        var reading = await running;

        reading.ExitCode.ShouldBe(LetThrough);
        reading.With("let-through").ShouldNotBeEmpty();
        reading.Why(reading.With("let-through")[0].Split(' ')[1]).ShouldBe("worked");
        await Eventually.Become(async () => (await agent.Client.GetStatusAsync()).Enforcement.Proven, s_patience, () => "not proven again");
        // What was loaded meanwhile is bound to names only.
        await agent.ApplyAsync(Rules.Neutral);
    }

    [Fact, Trait("speed", "slowest")]
    public async Task Host_that_does_not_let_it_try_is_told_from_one_that_refuses()
    {
        await agent.ApplyAsync(GuestAgent.Deny("no-actor", "image.path.endsWith(\"/actor\")"));

        var reading = SelftestReading.Run("--class", "image");

        reading.ExitCode.ShouldBe(NothingTried);
        reading.With("not-tested").Count.ShouldBeGreaterThanOrEqualTo(20);
        reading.Why("exec").ShouldContain("cannot be executed");
        SelftestReading.ShouldHaveLeftNothing(GuestAgent.State);
    }

    /// <summary>A rule of the owner's that refuses a way to everybody is no merit of the self-test's rules.</summary>
    [Fact, Trait("speed", "slowest")]
    public async Task Way_that_another_rule_refuses_everywhere_proves_nothing()
    {
        await agent.ApplyAsync(Rules.Deny("no-signals", "process.open", "process.executable.endsWith(\"/actor\") && open.right == \"terminate\""));

        var reading = SelftestReading.Run("--class", "process");

        reading.ExitCode.ShouldBe(0, reading.Output);
        reading.With("not-tested").ShouldContain(static w => w == "process kill-kill");
        reading.Why("kill-kill").ShouldContain("EPERM");
        reading.With("refused").ShouldContain(static w => w == "process kill-stop");
    }

    /// <summary>Its policy has rules about memory, which then find the canary of mprotect before those about images do.</summary>
    [Fact, Trait("speed", "slowest")]
    public async Task Enforcement_stays_proven_beside_rules_about_memory()
    {
        await agent.ApplyAsync(Rules.Deny("writers", "memory.protect", "process.executable == \"/nowhere\" && image.writers"));
        var from = (await agent.Client.GetStatusAsync()).Enforcement.CheckedAt;

        await Eventually.Become(
            async () => (await agent.Client.GetStatusAsync()).Enforcement.CheckedAt > from, s_patience, () => "no round was made");

        (await agent.Client.GetStatusAsync()).Enforcement.Canary.ShouldAllBe(static c => c.Denied);
    }
}
