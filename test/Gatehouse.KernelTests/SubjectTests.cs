using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Who acts is known in whatever shape it acts, and who has its number later is somebody else.</summary>
[Trait("speed", "slow"), Collection(WithAgent.Name)]
public sealed class SubjectTests(GuestAgent agent) : IDisposable
{
    private readonly Volume _volume = Volume.Create("tmpfs");
    private string Subject => field ??= _volume.Add(InGuest.Attack("subject"), "subject");
    private string Neighbour => field ??= _volume.Add(InGuest.Attack("subject"), "neighbour");

    /// <summary>Shapes of attacks/subject that keep the file which the process runs.</summary>
    public static TheoryData<string> Shapes =>
        ["plain", "thread", "headless", "vfork", "clone3", "ring", "ring-worker", "ring-poller", "self-exe", "thread-exec"];

    public void Dispose() => _volume.Dispose();

    [Theory, MemberData(nameof(Shapes))]
    public async Task Subject_is_refused_in_every_shape(string shape)
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Subject, shape, $"{victim.Pid}").Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-reach", "process.open", $"process.file == \"{Subject}\""));
        var cursor = await agent.CursorAsync();
        Answer.Of(Subject, shape, $"{victim.Pid}").Refused.ShouldBeTrue();
        Answer.Of(Neighbour, shape, $"{victim.Pid}").Granted.ShouldBeTrue("another program");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Rule.ShouldBe("no-reach");
        decision.Subject.Process.Executable.ShouldBe(Subject);
        decision.Object.Target!.Pid.ShouldBe(victim.Pid);
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Copy_of_itself_in_memory_is_refused_by_content_and_is_another_file()
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        await File.AppendAllTextAsync(Subject, "other content");
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(Subject, "memfd", $"{victim.Pid}").Granted.ShouldBeTrue("works without a rule");
        await agent.EnsureAsync(Rules.Deny("content", "process.open", $"process.sha256 == \"{Volume.Sha256Of(Subject)}\" && open.right == \"signal\""));
        Answer.Of(Subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue();
        Answer.Of(Subject, "memfd", $"{victim.Pid}").Refused.ShouldBeTrue("the same content in memory");
        Answer.Of(Neighbour, "memfd", $"{victim.Pid}").Granted.ShouldBeTrue("other content");

        await agent.EnsureAsync(Rules.Deny("file", "process.open", $"process.file == \"{Subject}\" && open.right == \"signal\""));
        Answer.Of(Subject, "memfd", $"{victim.Pid}").Granted.ShouldBeTrue("a rule by file is about that file; ancestor() is about who made the copy");
        await agent.EnsureAsync(Rules.Deny("below", "process.open", $"ancestor(process.file == \"{Subject}\") && open.right == \"signal\""));
        Answer.Of(Subject, "memfd", $"{victim.Pid}").Refused.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Program_that_unlinked_its_own_file_is_still_that_file()
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(_volume.Add(InGuest.Attack("subject"), "vanishing"), "unlinked", $"{victim.Pid}").Granted.ShouldBeTrue("works without a rule");
        var program = _volume.Add(InGuest.Attack("subject"), "vanishing");
        await agent.EnsureAsync(Rules.Deny("no-reach", "process.open", $"process.file == \"{program}\""));
        Answer.Of(program, "unlinked", $"{victim.Pid}").Refused.ShouldBeTrue();
        // The name now belongs to another file; the rule was about what stood there when it was loaded.
        Answer.Of(_volume.Add(InGuest.Attack("subject"), "vanishing"), "plain", $"{victim.Pid}").Granted.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Process_that_gets_the_number_of_a_refused_subject_may_act()
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        await agent.EnsureAsync(Rules.Neutral);
        var number = NumberOfEndedProcess();
        Again(number, Subject, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-reach", "process.open", $"process.file == \"{Subject}\""));
        Again(number, Subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue();
        Again(number, Neighbour, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("the number of the refused one");
        Again(number, Subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue("the number of an allowed one");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Process_that_gets_the_number_of_a_protected_target_is_open()
    {
        var target = _volume.Add(InGuest.Attack("victim"), "target");
        var other = _volume.Add(InGuest.Attack("victim"), "other");
        await agent.EnsureAsync(Rules.Neutral);
        var number = NumberOfEndedProcess();
        using (var unprotected = Companion.Ready(InGuest.Attack("pidagain"), $"{number}", target))
        {
            Answer.Of(Neighbour, "plain", $"{number}").Granted.ShouldBeTrue("works without a rule");
            unprotected.End();
        }

        await agent.EnsureAsync(Rules.Deny("closed", "process.open", $"target.file == \"{target}\" && open.right == \"signal\""));
        foreach (var (program, refused) in new[] { (target, true), (other, false), (target, true), ("-", false) })
        {
            using var victim = Companion.Ready(InGuest.Attack("pidagain"), $"{number}", program);
            victim.Pid.ShouldBe(number);
            Answer.Of(Neighbour, "plain", $"{number}").Refused.ShouldBe(refused, program);
            victim.End();
        }
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory]
    [InlineData("signal", "signal")]
    [InlineData("descriptor", "duplicate-descriptor")]
    public async Task Pidfd_that_was_opened_before_the_policy_is_no_way_around_it(string kind, string right)
    {
        var holder = _volume.Add(InGuest.Attack("holder"), "holder");
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        await agent.EnsureAsync(Rules.Neutral);
        using var actor = Companion.Ready(holder, kind, $"{victim.Pid}");
        using var neighbour = Companion.Ready(_volume.Add(holder, "other-holder"), kind, $"{victim.Pid}");
        actor.Attempt().Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-reach", "process.open", $"process.file == \"{holder}\" && open.right == \"{right}\""));
        actor.Attempt().Refused.ShouldBeTrue();
        neighbour.Attempt().Granted.ShouldBeTrue("another program");
        await agent.EnsureAsync(Rules.Deny("no-other", "process.open", $"process.file == \"{holder}\" && open.right != \"{right}\""));
        actor.Attempt().Granted.ShouldBeTrue("every other right is denied");
        await agent.EnsureAsync(Rules.Neutral);
        actor.Attempt().Granted.ShouldBeTrue("works again");
    }

    [Fact]
    public async Task Program_that_a_vforked_child_executes_acts_as_itself_and_not_as_its_parent()
    {
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        var lineage = _volume.Add(InGuest.Attack("lineage"), "lineage");
        await agent.EnsureAsync(Rules.Neutral);
        Answer.Of(lineage, "vfork", Subject, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("works without a rule");
        await agent.EnsureAsync(Rules.Deny("no-reach", "process.open", $"process.file == \"{lineage}\" && open.right == \"signal\""));
        Answer.Of(lineage, "vfork", Neighbour, "plain", $"{victim.Pid}").Granted.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Deny("no-reach", "process.open", $"process.file == \"{Subject}\" && open.right == \"signal\""));
        Answer.Of(lineage, "vfork", Subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Neutral);
    }

    private static Answer Again(int number, string program, params string[] arguments) =>
        Answer.Of(InGuest.Attack("pidagain"), [$"{number}", program, .. arguments]);

    /// <summary>A number that is free: that of a process which has been waited for.</summary>
    private static int NumberOfEndedProcess() =>
        int.Parse(InGuest.Prepare("sh -c 'echo $$'"), System.Globalization.CultureInfo.InvariantCulture);
}
