using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// What a client has protected by a policy, against root: its files and processes, and who may change them. Each way is gone on a neighbour's
/// first, which nobody protects, and must work there.
/// </summary>
[Collection(SealedHost.Name)]
[Trait("speed", "slow")]
public sealed class ProtectTests(SealedAgent agent) : IAsyncLifetime
{
    private const string Policy = """
        apiVersion: gatehouse/v1
        metadata: {name: acme, client: acme}
        protect:
          - name: agent
            processes: ["/opt/acme/agentd"]
            files: ["/opt/acme", "/etc/acme.conf"]
            libraries: ["LOADER", "LIBC"]
            updaters: ["/usr/local/bin/acme-update"]
        """;

    /// <summary>$1 is the folder.</summary>
    private static readonly string[] s_ways =
    [
        "echo x >>$1/data/state", "echo x >$1/data/state", "truncate -s 1 $1/data/state", "rm $1/data/state", "mv $1/data/state $1/data/other",
        "cp /etc/hostname /tmp/over; mv /tmp/over $1/data/state", "ln $1/data/state $1.link && rm $1.link", "chmod 601 $1/data/state", "chown 1 $1/data/state",
        "touch -d 2001-01-01 $1/data/state", "touch $1/new", "mkdir $1/folder", "ln -s /etc/passwd $1/link", "mknod $1/pipe p",
        "mv $1 $1.away && mv $1.away $1", "mount -t tmpfs none $1 && umount $1", "mount --bind /etc $1/data && umount $1/data",
        "mkdir -p /var/tmp/b; mount --bind $1 /var/tmp/b && touch /var/tmp/b/bound", "mkdir -p /var/tmp/b; mount --bind $1 /var/tmp/b && echo x >>/var/tmp/b/data/state", "unshare -m sh -c \"echo x >>$1/data/state\"",
        "chroot / sh -c \"rm $1/agentd\"", "cp /bin/true $1/agentd", "rm -rf $1",
    ];

    public async ValueTask InitializeAsync()
    {
        InGuest.Prepare("[ -d /opt/acme ]  && [ -d /opt/neighbour ] || for d in acme neighbour; do mkdir -p /opt/$d/data; echo state >/opt/$d/data/state; "
            + $"cp {InGuest.Attack("member")} /opt/$d/agentd; done; echo conf >/etc/acme.conf; echo conf >/etc/neighbour.conf; "
            + $"cp {InGuest.Attack("member")} /usr/local/bin/acme-update; cp {InGuest.Attack("libpayload.so")} /var/tmp/libforeign.so");
        if ((await agent.SealAsync()).Protected.Count > 0)
            return;
        // Unprotected, everybody may.
        InGuest.Shell("echo x >>/opt/acme/data/state && touch /opt/acme/new && rm /opt/acme/new").Ran.ShouldBeTrue();
        var libraries = InGuest.Prepare($"ldd {InGuest.Attack("member")}").Split('\n');
        File.WriteAllText("/var/tmp/acme.yaml", Policy
            .Replace("LOADER", libraries.Single(static l => l.Contains("ld-linux", StringComparison.Ordinal)).Trim().Split(' ')[0], StringComparison.Ordinal)
            .Replace("LIBC", libraries.Single(static l => l.Contains("libc.so", StringComparison.Ordinal)).Split(' ')[2], StringComparison.Ordinal));
        var (used, _) = SealedAgent.UseTicket("policy", "1m");
        used.Ran.ShouldBeTrue(used.Output);
        InGuest.Prepare("gatehouse policy apply /var/tmp/acme.yaml");
        (await agent.SealAsync()).Protected.ShouldBe(["acme/acme/agent"]);
    }

    public ValueTask DisposeAsync()
    {
        InGuest.Shell("umount /var/tmp/b 2>/dev/null; rm -f /var/tmp/over; [ -d /opt/neighbour ] || cp -a /opt/acme /opt/neighbour");
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Its_files_stay_and_a_refusal_names_the_protection()
    {
        foreach (var way in s_ways)
        {
            InGuest.Shell("rm -rf /opt/neighbour; cp -a /opt/acme /opt/neighbour");
            var neighbours = Try(way, "/opt/neighbour");
            neighbours.Ran.ShouldBeTrue($"{way}: {neighbours}");
            InGuest.Shell("umount /var/tmp/b 2>/dev/null");
            Try(way, "/opt/acme").Ran.ShouldBeFalse(way);
            InGuest.Shell("umount /var/tmp/b 2>/dev/null");
        }
        foreach (var way in (string[])["echo x >>$1", "rm $1", "mv /etc/hostname $1", "chmod 600 $1", "mount --bind /etc/hostname $1"])
            Try(way, "/etc/acme.conf").Ran.ShouldBeFalse(way);
        File.ReadAllText("/etc/acme.conf").ShouldBe("conf\n");

        var since = await agent.CursorAsync();
        InGuest.Shell("rm /opt/acme/data/state").Ran.ShouldBeFalse();
        var told = await agent.RecordAsync(since, static r => r.Operation is "agent.tamper-refused" && r.Detail.Contains("\"rm\"", StringComparison.Ordinal));
        told.Detail.ShouldContain("protected by acme/acme/agent");
    }

    [Fact]
    public void Members_and_updaters_change_them()
    {
        foreach (var act in (string[])["write", "thread", "fork"])
        {
            Run("/opt/acme/agentd", act, "/opt/acme/data/state").ExitCode.ShouldBe(0, act);
            Run("/usr/local/bin/acme-update", act, "/etc/acme.conf").ExitCode.ShouldBe(0, act);
        }
        Clean("printf 'conf\\n' >/var/tmp/over; /usr/local/bin/acme-update install /var/tmp/over /etc/acme.conf").ExitCode.ShouldBe(0);
        Run("/opt/acme/agentd", "exec", "/opt/acme/data/state").ExitCode.ShouldBe(1, "a shell that it starts is no member");
    }

    [Fact]
    public void Nobody_is_taken_for_one()
    {
        InGuest.Prepare("cp /opt/acme/agentd /var/tmp/agentd; printf '#!/opt/acme/agentd write\\n' >/var/tmp/script; chmod +x /var/tmp/script");
        const string State = "/opt/acme/data/state";
        Run("/var/tmp/agentd", "write", State).ExitCode.ShouldBe(1, "a copy");
        Clean($"/lib64/ld-linux-x86-64.so.2 /opt/acme/agentd write {State}").ExitCode.ShouldBe(1, "by the loader");
        Run(InGuest.Attack("keeper_attempt"), "plain", "/opt/acme/agentd", "write", State).ExitCode.ShouldBe(0);
        foreach (var how in (string[])["seccomp", "traced", "mounts", "pids"])
            Run(InGuest.Attack("keeper_attempt"), how, "/opt/acme/agentd", "write", State).ExitCode.ShouldBe(1, how);
        Clean($"KEEPER_FOLDER=opt {InGuest.Attack("keeper_attempt")} root /opt/acme/agentd write {State}").ExitCode.ShouldBe(1, "another root");
        Clean($"PERL5LIB=/tmp /opt/acme/agentd write {State}").ExitCode.ShouldBe(137, "killed by the rule for its start");
        Clean($"LD_PRELOAD=/var/tmp/libforeign.so /opt/acme/agentd write {State}").ExitCode.ShouldBe(137, "a preload");
        Clean($"LD_BIND_NOW=1 /opt/acme/agentd write {State}").ExitCode.ShouldBe(1, "any variable of the loader");
    }

    [Fact]
    public async Task Member_that_loads_foreign_code_is_none_any_more_and_that_is_told()
    {
        var since = await agent.CursorAsync();

        Run("/opt/acme/agentd", "load", "/var/tmp/libforeign.so", "/opt/acme/data/state").ExitCode.ShouldBe(1);

        var told = await agent.RecordAsync(since, static r => r.Operation is "agent.member-refused");
        told.Detail.ShouldContain("acme/acme/agent");
        told.Detail.ShouldContain("(\"agentd\"");
    }

    [Fact]
    public void Its_processes_are_reached_by_members_only()
    {
        using var neighbour = Companion.Ready("/opt/neighbour/agentd", "sleep");
        using var daemon = Companion.Ready("/opt/acme/agentd", "sleep");
        foreach (var way in (string[])
        [
            "kill -WINCH $1", "kill -STOP $1 && kill -CONT $1", "prlimit --pid $1 --nofile=99", "echo 500 >/proc/$1/oom_score_adj", "renice 5 $1",
            "head -c 1 /proc/$1/mem || [ $? = 1 ] && : >>/proc/$1/mem", "kill -9 $1",
        ])
        {
            Try(way, daemon.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)).Ran.ShouldBeFalse(way);
            Try(way, neighbour.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)).Ran.ShouldBeTrue(way);
        }
        // The test must end it, and the owner's way is to take the protection back; a member may, too.
        InGuest.Shell($"[ -d /proc/{daemon.Pid} ]").Ran.ShouldBeTrue();
    }

    /// <summary>Rules know a member by its program. Where somebody else decides what is in it, that must not do.</summary>
    [Fact]
    public void Program_of_a_member_that_others_are_in_reaches_its_processes_only_as_the_limitations_say()
    {
        using var daemon = Companion.Ready("/opt/acme/agentd", "sleep");
        var pid = daemon.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Run("/opt/neighbour/agentd", "signal", pid).ExitCode.ShouldBe(1, "another program");
        Run("/opt/acme/agentd", "signal", pid).ExitCode.ShouldBe(0);
        Run(InGuest.Attack("keeper_attempt"), "mounts", "/opt/acme/agentd", "signal", pid).ExitCode.ShouldBe(1, "in a mount namespace of its own");
        // Open: docs/limitations.md.
        Run(InGuest.Attack("keeper_attempt"), "traced", "/opt/acme/agentd", "signal", pid).ExitCode.ShouldBe(0, "traced since before its start");
    }

    [Fact]
    public async Task Program_that_an_updater_exchanged_is_a_member_soon()
    {
        Clean("/usr/local/bin/acme-update install /opt/neighbour/agentd /opt/acme/agentd").ExitCode.ShouldBe(0);
        await Eventually.Become(
            () => Task.FromResult(Run("/opt/acme/agentd", "write", "/opt/acme/data/state").ExitCode == 0),
            TimeSpan.FromSeconds(120),
            () => "the new program is no member");
        InGuest.Shell("rm /opt/acme/agentd").Ran.ShouldBeFalse();
        Clean("printf 'new\\n' >/var/tmp/over; /usr/local/bin/acme-update install /var/tmp/over /etc/acme.conf").ExitCode.ShouldBe(0);
        await Eventually.Become(
            () => Task.FromResult(!InGuest.Shell("touch /etc/acme.conf").Ran), TimeSpan.FromSeconds(120), () => "the new file is not protected");
        Clean("printf 'conf\\n' >/var/tmp/over; /usr/local/bin/acme-update install /var/tmp/over /etc/acme.conf").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void What_would_break_the_host_is_refused_with_a_reason()
    {
        var (used, _) = SealedAgent.UseTicket("policy", "3m");
        used.Ran.ShouldBeTrue(used.Output);
        foreach (var (path, reason) in ((string, string)[])
        [
            ("/var/lib", "the host itself must be able to change"), ("/usr", "the host itself must be able to change"), ("/proc/sys", "is the kernel's"),
            (agent.State, "Gatehouse's own"), ("/nowhere", "is not there"),
        ])
        {
            File.WriteAllText("/var/tmp/bad.yaml", $"apiVersion: gatehouse/v1\nmetadata: {{name: bad}}\nprotect:\n  - {{name: x, files: [\"{path}\"]}}\n");
            var outcome = InGuest.Run("gatehouse", "policy", "apply", "/var/tmp/bad.yaml");
            outcome.Ran.ShouldBeFalse(path);
            outcome.Output.ShouldContain(reason);
        }
    }

    private static Outcome Clean(string line) => Run("/bin/sh", "-c", line);

    private static Outcome Try(string way, string target) => InGuest.Run("/bin/sh", "-c", way, "sh", target);

    /// <summary>The runtime that runs this test has variables of its own, which would make anybody a stranger.</summary>
    private static Outcome Run(string program, params string[] arguments) => InGuest.Run("/usr/bin/env", ["-i", "PATH=/usr/bin:/bin", program, .. arguments]);
}
