using Gatehouse.Kernel.Shielding;
using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Root against a sealed agent: its process, its files, its place as the agent, and what the owner goes on doing.</summary>
[Collection(SealedHost.Name)]
[Trait("speed", "slow")]
public sealed class SealTests(SealedAgent agent)
{
    private const int AnotherAgent = 3;
    private const int CannotEnforce = 4;

    /// <summary>Ways of attacks/right_attempt that need nothing of their target's memory or descriptors.</summary>
    private static readonly string[] s_ways =
    [
        "kill-kill", "kill-term", "kill-usr2", "kill-rt", "tkill-kill", "tgkill-kill", "pidfd-kill", "sigqueue-kill", "tgsigqueue-kill", "kill32-kill",
        "sigio-kill", "pidfd-thread-kill", "kill-stop", "kill-tstp", "tgkill-stop", "pidfd-stop", "sigio-stop", "kill-cont", "pidfd-cont", "tkill-cont",
        "kill-usr1", "kill-winch", "tgkill-usr1", "sigqueue-usr1", "setpriority", "sched-setscheduler", "sched-setattr", "sched-setaffinity", "ioprio-set",
        "autogroup", "timerslack", "prlimit-set", "coredump-filter", "migrate-pages", "move-pages", "clear-refs", "cgroup-freeze", "cgroup-kill",
        "oom-score-adj", "oom-adj", "ptrace-attach", "ptrace-seize", "mem-read", "mem-write", "vm-readv", "vm-writev", "pidfd-getfd",
    ];

    [Fact]
    public async Task Agent_is_sealed_and_proves_it()
    {
        var status = await agent.Client.GetStatusAsync();
        status.Seal.ShouldNotBeNull().Sealed.ShouldBeTrue();
        status.Enforcement.Canary.Where(static c => c.Hook.StartsWith("shield", StringComparison.Ordinal)).Select(static c => c.Denied).ShouldBe([true, true]);
        status.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void No_way_to_its_process_is_left_while_a_neighbour_has_all()
    {
        var attacker = InGuest.Attack("right_attempt");
        foreach (var way in s_ways)
        {
            using (var neighbour = Companion.Start(attacker, "--target"))
            {
                neighbour.Read();
                var works = InGuest.Run(attacker, way, $"{neighbour.Pid}").Output.Trim();
                if (string.Equals(works, "unsupported", StringComparison.Ordinal))
                    continue;
                works.ShouldBe("granted", way);
            }
            InGuest.Run(attacker, way, $"{agent.Pid}").Output.ShouldStartWith("refused", customMessage: way);
            // Moving it is not refused; what the group then does to it is.
            InGuest.Prepare($"echo {agent.Pid} >/sys/fs/cgroup/cgroup.procs");
        }
        Directory.Exists($"/proc/{agent.Pid}").ShouldBeTrue();
    }

    /// <summary>Each line is tried on a copy first, so that it is known to work.</summary>
    [Theory]
    [InlineData("rm $1")]
    [InlineData("mv $1 $1.away")]
    [InlineData("chmod 0 $1")]
    [InlineData(": >$1")]
    [InlineData("ln $1 /var/lib/gatehouse-neighbour/second-name")]
    [InlineData("touch $(dirname $1)/new")]
    [InlineData("mv $(dirname $1) $(dirname $1).away")]
    [InlineData("mount -t tmpfs none $(dirname $1)")]
    public void Its_files_stay(string line)
    {
        InGuest.Prepare("mkdir -p /var/lib/gatehouse-neighbour/copy; : >/var/lib/gatehouse-neighbour/copy/file");
        InGuest.Shell($"set -- /var/lib/gatehouse-neighbour/copy/file; {line}").Ran.ShouldBeTrue(line);
        InGuest.Shell("umount /var/lib/gatehouse-neighbour/copy.away /var/lib/gatehouse-neighbour/copy; rm -rf /var/lib/gatehouse-neighbour");
        foreach (var kept in (string[])[SealedAgent.Program, Path.Combine(agent.State, "policies.json"), "/run/gatehouse/control.sock"])
            InGuest.Shell($"set -- {kept}; {line}").Ran.ShouldBeFalse($"{line} of {kept}");
        File.Exists(SealedAgent.Program).ShouldBeTrue();
    }

    [Fact]
    public void Its_pins_stay()
    {
        InGuest.Shell("rm -rf /sys/fs/bpf/gatehouse /sys/fs/bpf/gatehouse-shield");
        InGuest.Shell("umount -l /sys/fs/bpf").Ran.ShouldBeFalse();
        InGuest.Prepare("ls /sys/fs/bpf/gatehouse/*/links").ShouldContain("gh_image_bprm");
        InGuest.Prepare("ls /sys/fs/bpf/gatehouse-shield/*/links").ShouldContain("gs_unlink");
    }

    [Fact]
    public async Task Policies_stay()
    {
        await agent.TicketsAreOverAsync();
        var change = await Should.ThrowAsync<ControlProblemException>(
            () => agent.Client.ApplyPoliciesAsync([new PolicyFile("p.yaml", GuestAgent.Policy(GuestAgent.Deny("r", "image.path == \"/nowhere\"")))], replaceAll: true));
        change.Message.ShouldContain("ticket");
        (await agent.Client.GetStatusAsync()).Policies.ShouldContain(static p => p.Name == "gatehouse-self");
    }

    /// <summary>Started as it is meant to be, or in an environment that it sheds by itself, another one is known and finds the first one's socket.</summary>
    [Theory]
    [InlineData("plain")]
    [InlineData("variable")]
    [InlineData("diagnostics")]
    public void Second_agent_finds_the_first(string how)
    {
        var second = InGuest.Run(InGuest.Attack("keeper_attempt"), [how, SealedAgent.Program, .. agent.Options]);
        second.ExitCode.ShouldBe(AnotherAgent, second.Output);
    }

    [Theory]
    [InlineData("seccomp")]
    [InlineData("traced")]
    [InlineData("mounts")]
    [InlineData("root")]
    [InlineData("pids")]
    [InlineData("clock")]
    public void Nobody_becomes_the_agent_by_its_program(string how)
    {
        var first = InGuest.Repository.Split('/', StringSplitOptions.RemoveEmptyEntries)[0];
        var second = InGuest.Run(InGuest.Attack("keeper_attempt"), [how, SealedAgent.Program, .. agent.Options], [new("KEEPER_FOLDER", first)]);
        second.ExitCode.ShouldBe(CannotEnforce, second.Output);
        second.Output.ShouldContain("not known as the agent");
    }

    [Fact]
    public void Agent_that_is_told_something_else_does_not_take_over()
    {
        var second = InGuest.Run(SealedAgent.Program, "--seal", "--state-dir", "/var/lib/gatehouse-other", "--socket", "/run/gatehouse-other/control.sock");
        second.ExitCode.ShouldBe(1, second.Output);
        second.Output.ShouldContain("other options");
    }

    /// <summary>In the very environment in which the kernel knows it as the agent at once, beside the first or in its place.</summary>
    [Fact]
    public async Task Agent_that_is_not_told_to_seal_does_not_take_over()
    {
        var before = (await agent.Client.GetStatusAsync()).Enforcement.Generation;
        InGuest.Prepare("mkdir -p -m 700 /var/lib/gatehouse-open /run/gatehouse-open");
        File.WriteAllText("/var/lib/gatehouse-open/p.yaml", GuestAgent.Policy(Rules.Neutral));

        var second = InGuest.Shell(
            $"timeout 150 env -i DOTNET_EnableDiagnostics=0 {SealedAgent.Program} --state-dir /var/lib/gatehouse-open --socket /run/gatehouse-open/control.sock --policy /var/lib/gatehouse-open/p.yaml");

        second.ExitCode.ShouldBe(1, second.Output);
        second.Output.ShouldContain("sealed");
        var status = await agent.Client.GetStatusAsync();
        status.Enforcement.Generation.ShouldBe(before);
        status.Policies.ShouldContain(static p => p.Name == "gatehouse-self");
    }

    /// <summary>What /etc/ld.so.preload names is loaded into every program, so nobody makes it.</summary>
    [Theory]
    [InlineData("echo /var/tmp/libforeign.so >/etc/ld.so.preload")]
    [InlineData("echo /var/tmp/libforeign.so >/etc/preload; mv /etc/preload /etc/ld.so.preload")]
    [InlineData("echo /var/tmp/libforeign.so >/var/tmp/preload; ln -s /var/tmp/preload /etc/ld.so.preload")]
    [InlineData("echo /var/tmp/libforeign.so >/etc/preload; ln /etc/preload /etc/ld.so.preload")]
    [InlineData("mkdir /etc/ld.so.preload")]
    [InlineData("mkfifo /etc/ld.so.preload")]
    public void Nobody_makes_the_list_of_what_every_program_loads(string line)
    {
        InGuest.Shell(line.Replace("ld.so.preload", "ld.so.preloaded", StringComparison.Ordinal)).Ran.ShouldBeTrue("under another name");
        InGuest.Shell("rm -rf /etc/ld.so.preloaded /etc/preload");

        InGuest.Shell(line).Ran.ShouldBeFalse();

        Path.Exists("/etc/ld.so.preload").ShouldBeFalse();
        InGuest.Shell("rm -rf /etc/preload");
    }

    /// <summary>A library of the host that somebody exchanged is a stranger's: the next agent does not load it, and so does not start.</summary>
    [Fact]
    public async Task Loader_brings_no_foreign_library_into_it()
    {
        var since = await agent.CursorAsync();
        var before = (await agent.SealAsync()).Refused["code"];
        var library = InGuest.Prepare($"ldd {SealedAgent.Program} | grep -o '/[^ ]*libstdc++[^ ]*'").Trim();
        Outcome second;
        InGuest.Prepare($"cp -L {library} {library}.copy; ln -f $(readlink -f {library}) {library}.kept && mv {library}.copy $(readlink -f {library})");
        try
        {
            second = InGuest.Run(InGuest.Attack("keeper_attempt"), ["plain", SealedAgent.Program, .. agent.Options]);
        }
        finally
        {
            InGuest.Prepare($"mv {library}.kept $(readlink -f {library})");
        }
        second.Ran.ShouldBeFalse();
        second.ExitCode.ShouldNotBe(AnotherAgent, second.Output);
        (await agent.SealAsync()).Refused["code"].ShouldBeGreaterThan(before);
        await agent.RecordAsync(since, static r => r.Operation is "agent.tamper-refused" && r.Detail.StartsWith("code", StringComparison.Ordinal));
    }

    /// <summary>The agent proves itself at once, and not only at its next random moment.</summary>
    [Fact]
    public async Task Attempt_is_told_and_has_enforcement_proven_at_once()
    {
        var since = await agent.CursorAsync();
        var before = (await agent.Client.GetStatusAsync()).Enforcement.CheckedAt;
        InGuest.Shell($"rm {SealedAgent.Program}").Ran.ShouldBeFalse();
        var told = await agent.RecordAsync(since, static r => r.Operation is "agent.tamper-refused" && r.Detail.StartsWith("name", StringComparison.Ordinal));
        told.Detail.ShouldContain("\"rm\"");
        await Eventually.Become(
            async () => (await agent.Client.GetStatusAsync()).Enforcement.CheckedAt > before, TimeSpan.FromSeconds(60), () => "no round was made");
    }

    [Fact]
    public async Task Owners_ticket_lifts_the_seal_once_and_for_its_time()
    {
        var file = Path.Combine(agent.State, "somebody's");
        InGuest.Shell($"touch \"{file}\"").Ran.ShouldBeFalse();
        InGuest.Shell($"kill -WINCH {agent.Pid}").Ran.ShouldBeFalse();

        var (used, ticket) = SealedAgent.UseTicket("unseal", "90s");

        used.Ran.ShouldBeTrue(used.Output);
        (await agent.SealAsync()).Sealed.ShouldBeFalse();
        InGuest.Shell($"touch \"{file}\" && rm \"{file}\"").Ran.ShouldBeTrue();
        InGuest.Shell($"kill -WINCH {agent.Pid}").Ran.ShouldBeTrue();
        // What somebody gets hold of before the seal, he has after it.
        var kept = Path.Combine(agent.State, "held");
        File.WriteAllText(kept, "text");
        using var writer = Companion.Ready(InGuest.Attack("member"), "map", kept);
        using var holder = Companion.Ready(InGuest.Attack("member"), "hold", Directory.GetFiles(KernelShield.DefaultPinRoot, "gs_guarded", SearchOption.AllDirectories).Single());
        await agent.IsKeptAgainAsync();
        InGuest.Shell($"touch \"{file}\"").Ran.ShouldBeFalse();
        InGuest.Shell($"kill -WINCH {agent.Pid}").Ran.ShouldBeFalse();
        var before = File.ReadAllText(kept);
        writer.Ask("write").ShouldBe("ready");
        string.Equals(File.ReadAllText(kept), before, StringComparison.Ordinal).ShouldBeFalse("no hook sees it, so it must be told");
        await Eventually.Become(
            async () => (await agent.Client.GetStatusAsync()).Problems is [var problem] && problem.Contains(kept + " mapped for writing", StringComparison.Ordinal)
                && problem.Contains("a BPF map of Gatehouse", StringComparison.Ordinal),
            TimeSpan.FromSeconds(180),
            () => "nobody tells who holds what: " + agent.Log);
        writer.End();
        holder.End();
        await Eventually.Become(
            async () => (await agent.Client.GetStatusAsync()).Problems.Count == 0, TimeSpan.FromSeconds(180), () => "it is told although they have ended");
        File.WriteAllText("/var/tmp/ticket", ticket);
        InGuest.Run("gatehouse", "ticket", "use", "/var/tmp/ticket").Ran.ShouldBeFalse("it was used");
    }

    /// <summary>The only way that its process ends; what it leaves is sealed, and the next one takes over.</summary>
    [Fact]
    public async Task Agent_that_was_stopped_by_a_ticket_leaves_the_seal_and_the_next_one_takes_over()
    {
        await agent.StopAsync();
        InGuest.Shell($"touch {agent.State}/new").Ran.ShouldBeFalse();
        InGuest.Shell($"mv {SealedAgent.Program} {SealedAgent.Program}.away").Ran.ShouldBeFalse();
        InGuest.Shell("rm -rf /sys/fs/bpf/gatehouse-shield").Ran.ShouldBeFalse();
        InGuest.Shell("echo 0 >/proc/sys/kernel/ftrace_enabled").Ran.ShouldBeFalse();

        await agent.StartAsync();

        var status = await agent.Client.GetStatusAsync();
        status.Enforcement.TookOver.ShouldBeTrue();
        status.Seal.ShouldNotBeNull().Sealed.ShouldBeTrue();
        InGuest.Shell($"touch {agent.State}/new").Ran.ShouldBeFalse();
        await agent.IsKeptAgainAsync();
        InGuest.Shell($"kill -WINCH {agent.Pid}").Ran.ShouldBeFalse();
    }

    [Fact]
    public void Owner_goes_on()
    {
        foreach (var line in (string[])
        [
            "mkdir -p /mnt/x && mount -t tmpfs none /mnt/x && umount /mnt/x",
            // As systemd brings credentials to a service: moved in a namespace of its own, to where the host sees it.
            "mkdir -p /mnt/shared && mount -t tmpfs none /mnt/shared && mount --make-shared /mnt/shared && mkdir /mnt/shared/place"
                + " && unshare -m --propagation unchanged sh -c 'mkdir /mnt/y && mount -t tmpfs none /mnt/y && mount --move /mnt/y /mnt/shared/place'"
                + " && mountpoint -q /mnt/shared/place && umount -R /mnt/shared",
            "su -s /bin/sh -c true nobody",
            "echo text >/etc/gatehouse-test && rm /etc/gatehouse-test",
            "dpkg --configure -a",
            "mkdir -p /var/tmp/p/DEBIAN /var/tmp/p/opt/thing && printf 'Package: thing\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@y>\\nDescription: x\\n' >/var/tmp/p/DEBIAN/control"
                + " && : >/var/tmp/p/opt/thing/file && dpkg-deb -b /var/tmp/p /var/tmp/p.deb && dpkg -i /var/tmp/p.deb && dpkg -i /var/tmp/p.deb && dpkg -P thing",
            "sh -c 'kill -9 $$'; sleep 30 & kill -9 $!",
            "sync && echo 3 >/proc/sys/vm/drop_caches",
        ])
        {
            var outcome = InGuest.Shell(line);
            outcome.Ran.ShouldBeTrue($"{line}: {outcome}\n{agent.Log}");
        }
    }
}
