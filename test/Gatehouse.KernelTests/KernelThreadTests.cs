using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>The kernel's own threads: what rules say of them, and that rules about others leave them alone.</summary>
[Collection(WithAgent.Name)]
public sealed class KernelThreadTests(GuestAgent agent) : IDisposable
{
    /// <summary>Parent of all kernel threads.</summary>
    private const int KThreadD = 2;

    private readonly Volume _volume = Volume.Create("tmpfs");

    public void Dispose() => _volume.Dispose();

    [Fact]
    public async Task Kernel_thread_is_known_as_a_target()
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        var subject = InGuest.Attack("subject");
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(subject, "plain", $"{KThreadD}").Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-kernel", "process.open", "target.kernelThread && open.right == \"signal\""));
        var cursor = await agent.CursorAsync();
        Answer.Of(subject, "plain", $"{KThreadD}").Refused.ShouldBeTrue();
        Answer.Of(subject, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("a process");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Object.Target!.Command.ShouldBe("kthreadd");
        decision.Object.Target.Executable.ShouldBeNull();

        await agent.EnsureAsync(Rules.Deny("no-process", "process.open", "!target.kernelThread && open.right == \"signal\""));
        Answer.Of(subject, "plain", $"{KThreadD}").Granted.ShouldBeTrue("rules about processes");
        Answer.Of(subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Program_that_the_kernel_starts_is_decided_like_any_other()
    {
        var helper = _volume.Add(InGuest.Attack("marker"), "helper");
        var mark = Path.Combine(_volume.Folder, "mark");
        await agent.EnsureAsync(Rules.Neutral);
        Crash(helper, mark).ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-helper", "process.exec", $"image.file == \"{helper}\""));
        var cursor = await agent.CursorAsync();
        Crash(helper, mark).ShouldBeFalse();
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Subject.Process.Executable.ShouldBeNull("no program runs yet in what the kernel starts");

        await agent.EnsureAsync(Rules.Deny("no-helper-of-others", "process.exec", $"image.file == \"{helper}\" && process.executable == \"/bin/sh\""));
        Crash(helper, mark).ShouldBeTrue("no path is the kernel's");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Kernel_thread_that_makes_a_process_is_known_as_the_subject()
    {
        // A worker of the kernel forks what becomes the helper. It is the one thing that a kernel thread does which a rule can see:
        // signals that the kernel sends are not asked for, and by the exec the new process is no kernel thread any more.
        var helper = _volume.Add(InGuest.Attack("marker"), "helper");
        var mark = Path.Combine(_volume.Folder, "mark");
        await agent.EnsureAsync(Rules.Neutral);
        Crash(helper, mark).ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-process-of-kernel", "process.create", "process.kernelThread"));
        var cursor = await agent.CursorAsync();
        Crash(helper, mark).ShouldBeFalse();
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Operation.ShouldBe("process.create");
        decision.Subject.Process.Command.ShouldStartWith("kworker");
        decision.Subject.Process.Executable.ShouldBeNull();

        InGuest.Run("/bin/sh", "-c", "/bin/true; exit 0").Ran.ShouldBeTrue("everybody else");
        await agent.EnsureAsync(Rules.Deny("no-helper-of-kernel-thread", "process.exec", $"process.kernelThread && image.file == \"{helper}\""));
        Crash(helper, mark).ShouldBeTrue("what the kernel has forked is no kernel thread by its exec");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Kernel_goes_on_working_under_rules_about_processes()
    {
        var subject = InGuest.Attack("subject");
        // All that rules can say of users and files, and nothing of it is about kernel threads.
        await agent.EnsureAsync(
            Rules.Deny("open", "process.open, thread.open", $"process.file == \"{subject}\"")
            + Rules.Deny("create", "process.create, thread.create", $"process.executable.startsWith(\"{_volume.Folder}/\")")
            + Rules.Deny("credentials", "process.credentials", "process.uid == 54321")
            + Rules.Deny("exec", "process.exec", $"ancestor(process.file == \"{subject}\")"));
        // Work for kernel threads: writing back, loop devices, a file system's own threads, a module asked for by the kernel.
        using (var ext4 = Volume.Create("ext4"))
        {
            InGuest.Prepare($"dd if=/dev/zero of={ext4.Folder}/data bs=64k count=100 2>/dev/null; sync");
            new FileInfo(Path.Combine(ext4.Folder, "data")).Length.ShouldBe(6_553_600);
        }
        InGuest.Prepare("echo 3 > /proc/sys/vm/drop_caches");
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        victim.Ask("alarm").ShouldBe("alarm");
        victim.Ask("child").ShouldBe("child");
        await agent.EnsureAsync(Rules.Neutral);
    }

    /// <summary>Lets a process dump core into the helper. Whether the helper left its mark.</summary>
    private static bool Crash(string helper, string mark)
    {
        File.Delete(mark);
        InGuest.Shell($"""
            old=$(cat /proc/sys/kernel/core_pattern)
            echo '|{helper} {mark}' > /proc/sys/kernel/core_pattern
            ulimit -c unlimited
            sh -c 'kill -SEGV $$'
            echo "$old" > /proc/sys/kernel/core_pattern
            """);
        // The helper has ended when the process that dumped has: its core was a pipe to it.
        for (var i = 0; i < 20 && !File.Exists(mark); i++)
            Thread.Sleep(50);
        return File.Exists(mark);
    }
}
