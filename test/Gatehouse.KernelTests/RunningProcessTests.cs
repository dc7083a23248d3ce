using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Processes that ran before the policy came are known as if they had started after it.</summary>
[Trait("speed", "slow"), Collection(WithAgent.Name)]
public sealed class RunningProcessTests(GuestAgent agent)
{
    /// <summary>Ways to name the program of a process; {0} is its path.</summary>
    public static TheoryData<string, string> Tests => new()
    {
        { "tmpfs", "file == \"{0}\"" },
        { "ext4", "file == \"{0}\"" },
        { "overlay", "file == \"{0}\"" },
        { "ext4", "executable == \"{0}\"" },
        { "tmpfs", "executable.startsWith(\"{0}\")" },
        { "overlay", "executable.endsWith(\"/named\")" },
        { "tmpfs", "executable.matches(\"{0}*\")" },
    };

    [Theory, MemberData(nameof(Tests))]
    public async Task Actor_that_ran_before_is_refused(string kind, string test)
    {
        using var volume = Volume.Create(kind);
        var named = Named(volume, "holder");
        await agent.EnsureAsync(Rules.Neutral);
        using var victim = Companion.Victim(InGuest.Attack("victim"));
        using var actor = Companion.Ready(named, "signal", $"{victim.Pid}");
        using var neighbour = Companion.Ready(volume.Add(InGuest.Attack("holder"), "neighbour"), "signal", $"{victim.Pid}");
        actor.Attempt().Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("no-reach", "process.open", $"process.{Condition(test, named)} && target.file == \"{InGuest.Attack("victim")}\""));
        actor.Attempt().Refused.ShouldBeTrue();
        neighbour.Attempt().Granted.ShouldBeTrue("another program that ran before");
        await agent.EnsureAsync(Rules.Neutral);
        actor.Attempt().Granted.ShouldBeTrue("works again");
    }

    [Theory, MemberData(nameof(Tests))]
    public async Task Target_that_ran_before_is_protected(string kind, string test)
    {
        using var volume = Volume.Create(kind);
        var named = Named(volume, "victim");
        await agent.EnsureAsync(Rules.Neutral);
        using var victim = Companion.Victim(named);
        using var neighbour = Companion.Victim(volume.Add(InGuest.Attack("victim"), "neighbour"));
        var subject = InGuest.Attack("subject");
        Answer.Of(subject, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("works without a rule");

        await agent.EnsureAsync(Rules.Deny("closed", "process.open", $"target.{Condition(test, named)} && open.right == \"signal\""));
        Answer.Of(subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue();
        Answer.Of(subject, "plain", $"{neighbour.Pid}").Granted.ShouldBeTrue("another program that ran before");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory, MemberData(nameof(Tests))]
    public async Task Label_of_a_process_follows_every_policy(string kind, string test)
    {
        // The numbers of classes mean something else in each generation; a label of an older one must not be read as a new one.
        using var volume = Volume.Create(kind);
        var named = Named(volume, "victim");
        using var victim = Companion.Victim(named);
        var subject = InGuest.Attack("subject");
        var deny = Rules.Deny("closed", "process.open", $"target.{Condition(test, named)} && open.right == \"signal\"");
        for (var round = 0; round < 3; round++)
        {
            await agent.ApplyAsync(deny);
            Answer.Of(subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue($"round {round}");
            await agent.ApplyAsync(Others(round) + Rules.Deny("other", "process.open", "target.executable == \"/nowhere\""));
            Answer.Of(subject, "plain", $"{victim.Pid}").Granted.ShouldBeTrue($"round {round}");
            await agent.ApplyAsync(Others(round) + deny);
            Answer.Of(subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue($"other rules before it, round {round}");
        }
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory, MemberData(nameof(Volume.Kinds), MemberType = typeof(Volume))]
    public async Task Content_of_a_process_that_ran_before_is_known_or_decided_as_unknown(string kind)
    {
        using var volume = Volume.Create(kind);
        var named = Named(volume, "victim");
        await agent.EnsureAsync(Rules.Neutral);
        using var victim = Companion.Victim(named);
        using var neighbour = Companion.Victim(volume.Add(InGuest.Attack("victim"), "neighbour"));
        var subject = InGuest.Attack("subject");
        var condition = $"target.sha256 == \"{Volume.Sha256Of(named)}\" && open.right == \"signal\"";
        await agent.EnsureAsync(Rules.Deny("closed", "process.open", condition, "onMiss: deny"));
        Answer.Of(subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue("known, or unknown and so refused");
        await agent.EnsureAsync(Rules.Deny("closed", "process.open", condition, "onMiss: allow"));
        Answer.Of(subject, "plain", $"{neighbour.Pid}").Granted.ShouldBeTrue("known, or unknown and so allowed");

        // Whoever starts from now on is known.
        using var later = Companion.Victim(named);
        using var laterNeighbour = Companion.Victim(volume.Add(InGuest.Attack("victim"), "later-neighbour"));
        Answer.Of(subject, "plain", $"{later.Pid}").Refused.ShouldBeTrue();
        Answer.Of(subject, "plain", $"{laterNeighbour.Pid}").Granted.ShouldBeTrue();
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory]
    [InlineData("rename")]
    [InlineData("unlink")]
    [InlineData("rename of the folder")]
    [InlineData("eviction")]
    public async Task Process_is_known_whatever_becomes_of_its_file(string change)
    {
        using var volume = Volume.Create("ext4");
        InGuest.Prepare($"mkdir {volume.Folder}/bin");
        var named = volume.Add(InGuest.Attack("victim"), "bin/named");
        using var victim = Companion.Victim(named);
        var subject = InGuest.Attack("subject");
        await agent.ApplyAsync(Rules.Deny("closed", "process.open", $"target.file == \"{named}\" && open.right == \"signal\""));
        Answer.Of(subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue();
        InGuest.Prepare(change switch
        {
            "rename" => $"mv {named} {named}.old",
            "unlink" => $"rm {named}",
            "rename of the folder" => $"mv {volume.Folder}/bin {volume.Folder}/old",
            _ => "sync; echo 3 > /proc/sys/vm/drop_caches",
        });
        Answer.Of(subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue(change);
        Answer.Of(subject, "plain", $"{Environment.ProcessId}").Granted.ShouldBeTrue("another process");
        await agent.EnsureAsync(Rules.Neutral);
    }

    /// <summary>The program under the name that the tests are about, with content of its own.</summary>
    private static string Named(Volume volume, string attack)
    {
        var named = volume.Add(InGuest.Attack(attack), "named");
        File.AppendAllText(named, "content of its own");
        return named;
    }

    private static string Condition(string test, string named) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, test, named);

    private static string Others(int round) => string.Concat(Enumerable.Range(0, 3 + (40 * round))
        .Select(static i => Rules.Deny($"other-{i}", "process.open", $"target.executable == \"/nowhere/{i}\" && process.uid == {i}")));
}
