using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Threads, those that the kernel makes for io_uring included; and reaching for one of another process.</summary>
[Collection(WithAgent.Name)]
public sealed class ThreadCreateTests(GuestAgent agent) : IDisposable
{
    private readonly Volume _volume = Volume.Create("tmpfs");
    private string Creator => field ??= _volume.Add(InGuest.Attack("spawn_attempt"), "creator");
    private string Neighbour => field ??= _volume.Add(InGuest.Attack("spawn_attempt"), "neighbour");

    public static TheoryData<string> Ways => ["pthread", "clone-thread", "ring-worker", "ring-poller"];

    /// <summary>Ways that name a thread; right_attempt takes its id in place of the process's.</summary>
    public static TheoryData<string> WaysToThreads => ["sched-setaffinity", "setpriority", "ptrace-seize", "kcmp"];

    public void Dispose() => _volume.Dispose();

    [Theory, MemberData(nameof(Ways))]
    public async Task Thread_is_refused_to_the_creator_that_the_rule_names(string way)
    {
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Creator, way).Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-threads", "thread.create", $"process.file == \"{Creator}\""));
        var cursor = await agent.CursorAsync();
        Answer.Of(Creator, way).Refused.ShouldBeTrue();
        Answer.Of(Neighbour, way).Granted.ShouldBeTrue("another program");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Operation.ShouldBe("thread.create");
        decision.Request!.IoWorker.ShouldBe(way.StartsWith("ring", StringComparison.Ordinal));

        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Creator, way).Granted.ShouldBeTrue("works again");
    }

    [Fact]
    public async Task Workers_of_io_uring_are_told_from_threads_of_the_program()
    {
        await agent.EnsureAsync(Rules.Deny("no-workers", "thread.create", $"create.ioWorker && process.file == \"{Creator}\""));
        Answer.Of(Creator, "ring-worker").Refused.ShouldBeTrue();
        Answer.Of(Creator, "ring-poller").Refused.ShouldBeTrue();
        Answer.Of(Creator, "pthread").Granted.ShouldBeTrue();

        await agent.EnsureAsync(Rules.Deny("no-own", "thread.create", $"!create.ioWorker && process.file == \"{Creator}\""));
        Answer.Of(Creator, "ring-worker").Granted.ShouldBeTrue();
        Answer.Of(Creator, "ring-poller").Granted.ShouldBeTrue();
        Answer.Of(Creator, "pthread").Refused.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory, MemberData(nameof(WaysToThreads))]
    public async Task Thread_that_is_not_the_first_is_decided_as_process_and_as_thread(string way)
    {
        var file = _volume.Add(InGuest.Attack("victim"), "victim");
        using var victim = Companion.Victim(file);
        using var neighbour = Companion.Victim(_volume.Add(InGuest.Attack("victim"), "other-victim"));
        var attacker = InGuest.Attack("right_attempt");
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(attacker, way, $"{victim.Tid}").Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-thread", "thread.open", $"target.file == \"{file}\""));
        var cursor = await agent.CursorAsync();
        Answer.Of(attacker, way, $"{victim.Tid}").Refused.ShouldBeTrue("the second thread");
        Answer.Of(attacker, way, $"{victim.Pid}").Granted.ShouldBeTrue("the first thread is the process");
        Answer.Of(attacker, way, $"{neighbour.Tid}").Granted.ShouldBeTrue("a thread of another process");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Operation.ShouldBe("thread.open");
        decision.Object.Target!.Pid.ShouldBe(victim.Pid);
        decision.Object.Target.Tid.ShouldBe(victim.Tid);

        await agent.EnsureAsync(Rules.Deny("no-process", "process.open", $"target.file == \"{file}\""));
        Answer.Of(attacker, way, $"{victim.Tid}").Refused.ShouldBeTrue("any thread of a process that is closed");
        Answer.Of(attacker, way, $"{victim.Pid}").Refused.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Threads_of_one_process_reach_each_other_whatever_is_denied()
    {
        var file = _volume.Add(InGuest.Attack("victim"), "victim");
        using var victim = Companion.Victim(file);
        await agent.EnsureAsync(Rules.Deny("closed", "process.open, thread.open", $"target.file == \"{file}\""));
        Answer.Of(InGuest.Attack("right_attempt"), "kill-usr1", $"{victim.Pid}").Refused.ShouldBeTrue("from outside");
        victim.Ask("thread").ShouldBe("thread", "a signal of its own first thread");
        victim.Ask("alarm").ShouldBe("alarm", "a timer of its own, which the kernel sends");
        victim.Ask("child").ShouldBe("child", "the kernel tells of the end of its child");
        await agent.EnsureAsync(Rules.Neutral);
    }
}
