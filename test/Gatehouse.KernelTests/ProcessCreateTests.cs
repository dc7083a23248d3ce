using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Whoever may make no process makes none, whichever call it uses, and goes on making threads.</summary>
[Collection(WithAgent.Name)]
public sealed class ProcessCreateTests(GuestAgent agent) : IDisposable
{
    private static readonly string[] s_namespaces = ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"];

    private readonly Volume _volume = Volume.Create("tmpfs");
    private string Creator => field ??= _volume.Add(InGuest.Attack("spawn_attempt"), "creator");
    private string Neighbour => field ??= _volume.Add(InGuest.Attack("spawn_attempt"), "neighbour");

    public static TheoryData<string> Ways =>
        ["fork", "vfork", "clone", "clone3", "posix-spawn", "fork-of-thread", .. s_namespaces];

    public static TheoryData<string> Namespaces => [.. s_namespaces];

    public void Dispose() => _volume.Dispose();

    [Theory, MemberData(nameof(Ways))]
    public async Task Process_is_refused_to_the_creator_that_the_rule_names(string way)
    {
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Creator, way).Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-children", "process.create", $"process.file == \"{Creator}\""));
        var cursor = await agent.CursorAsync();
        Answer.Of(Creator, way).Refused.ShouldBeTrue();
        Answer.Of(Neighbour, way).Granted.ShouldBeTrue("another program");

        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Operation.ShouldBe("process.create");
        decision.Rule.ShouldBe("no-children");
        decision.Subject.Process.Executable.ShouldBe(Creator);

        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Creator, way).Granted.ShouldBeTrue("works again");
    }

    [Theory, MemberData(nameof(Namespaces))]
    public async Task Process_with_a_new_namespace_is_refused_by_its_kind_alone(string kind)
    {
        await agent.EnsureAsync(Rules.Deny("no-namespace", "process.create", $"\"{kind}\" in create.namespaces && process.file == \"{Creator}\""));
        var cursor = await agent.CursorAsync();
        foreach (var other in s_namespaces)
        {
            var answer = Answer.Of(Creator, other);
            var expected = string.Equals(other, kind, StringComparison.Ordinal) ? "refused EPERM" : "granted";
            answer.ToString().ShouldBe(expected, $"a new {other} namespace");
        }
        Answer.Of(Creator, "fork").Granted.ShouldBeTrue("no namespace");
        Answer.Of(Neighbour, kind).Granted.ShouldBeTrue("another program");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Request!.Namespaces.ShouldBe([kind]);
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory]
    [InlineData("vfork", "vfork", "posix-spawn")]
    [InlineData("share-memory", "vfork", "posix-spawn")]
    [InlineData("share-descriptors", "clone")]
    public async Task Process_is_refused_by_how_it_is_made(string flag, params string[] refused)
    {
        await agent.EnsureAsync(Rules.Deny("how", "process.create", $"\"{flag}\" in create.flags && process.file == \"{Creator}\""));
        var cursor = await agent.CursorAsync();
        foreach (var way in (string[])["fork", "vfork", "clone", "posix-spawn", "fork-of-thread", "uts"])
        {
            // Twice: the second may be answered by what was kept of the first.
            foreach (var time in (int[])[1, 2])
                Answer.Of(Creator, way).ToString().ShouldBe(refused.Contains(way) ? "refused EPERM" : "granted", $"{way}, time {time}");
        }
        Answer.Of(Neighbour, refused[0]).Granted.ShouldBeTrue("another program");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Request!.Flags!.ShouldContain(f => string.Equals(f, flag, StringComparison.Ordinal));
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Threads_are_made_where_processes_are_refused_and_the_other_way_round()
    {
        await agent.EnsureAsync(Rules.Deny("no-children", "process.create", $"process.file == \"{Creator}\""));
        Answer.Of(Creator, "fork").Refused.ShouldBeTrue();
        Answer.Of(Creator, "pthread").Granted.ShouldBeTrue();

        await agent.EnsureAsync(Rules.Deny("no-threads", "thread.create", $"process.file == \"{Creator}\""));
        Answer.Of(Creator, "pthread").Refused.ShouldBeTrue();
        Answer.Of(Creator, "fork").Granted.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task New_namespaces_that_the_process_takes_for_itself_are_no_new_process()
    {
        // unshare makes no task; only the user namespace has a hook of its own, and that is process.credentials.
        var conditions = string.Join(" || ", s_namespaces.Select(static n => $"\"{n}\" in create.namespaces"));
        await agent.EnsureAsync(Rules.Deny("no-namespace", "process.create", conditions));
        InGuest.Run("/usr/bin/unshare", "--uts", "/bin/true").Ran.ShouldBeTrue("limitations.md says so");
        InGuest.Run("/usr/bin/unshare", "--uts", "--fork", "/bin/true").Ran.ShouldBeTrue("the fork after it asks for none");
        Answer.Of(Creator, "uts").Refused.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Neutral);
    }
}
