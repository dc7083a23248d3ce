using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>A rule by SHA-256 follows the content, wherever it lies and however it got there.</summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class ExecByHashTests(QuietAgent agent)
{
    public static TheoryData<string> Kinds => Volume.Kinds;

    private async Task DenyPayload()
    {
        await agent.ApplyAsync(GuestAgent.Deny("other", "image.path == \"/nowhere\""));
        InGuest.Run(InGuest.Attack("payload")).Ran.ShouldBeTrue("the program runs unprotected");
        await agent.ApplyAsync(GuestAgent.Deny("no-payload", $"image.sha256 == \"{Volume.Sha256Of(InGuest.Attack("payload"))}\""));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Copy_is_refused_and_another_program_runs(string kind)
    {
        using var volume = Volume.Create(kind);
        await DenyPayload();
        InGuest.Run(volume.Add(InGuest.Attack("payload"), "copy")).Refused.ShouldBeTrue();
        InGuest.Run(volume.Add("/bin/true", "true")).Ran.ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_written_over_a_harmless_file_is_decided_again(string kind)
    {
        using var volume = Volume.Create(kind);
        await DenyPayload();
        var file = volume.Add("/bin/true", "changing");
        for (var round = 0; round < 3; round++)
        {
            InGuest.Run(file).Ran.ShouldBeTrue($"harmless, round {round}");
            // Written in place: same inode, and the same size and times as far as an attacker can make them so.
            InGuest.Prepare($"touch -r {file} {volume.Folder}/t; cat {InGuest.Attack("payload")} > {file}; touch -r {volume.Folder}/t {file}");
            InGuest.Run(file).Refused.ShouldBeTrue($"denied content, round {round}");
            InGuest.Prepare($"cat /bin/true > {file}");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_written_through_a_descriptor_opened_before_is_decided_again(string kind)
    {
        using var volume = Volume.Create(kind);
        await DenyPayload();
        var file = volume.Add("/bin/true", "changing");
        var outcome = InGuest.Shell($"""
            exec 9<>{file}
            {InGuest.Attack("mapexec")} {file} || exit 10
            cat {InGuest.Attack("payload")} >&9
            truncate -s {new FileInfo(InGuest.Attack("payload")).Length} {file}
            {InGuest.Attack("mapexec")} {file} && exit 11
            exec 9<&-
            {file} && exit 12
            exit 0
            """);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
    }

    [Fact]
    public async Task Descriptor_and_memfd_are_refused()
    {
        await DenyPayload();
        foreach (var attack in new[] { "fdexec", "memfdexec" })
            InGuest.Run(InGuest.Attack(attack), InGuest.Attack("payload")).ExitCode.ShouldBe(1, attack);
        foreach (var attack in new[] { "fdexec", "memfdexec" })
            InGuest.Run(InGuest.Attack(attack), "/bin/true").Ran.ShouldBeTrue(attack + " of another program");
    }

    [Fact]
    public async Task Content_written_to_a_memfd_after_it_was_mapped_is_decided_again()
    {
        // memfd_create's own descriptor is never opened, so no open for writing announces the change.
        await DenyPayload();
        var outcome = InGuest.Run(InGuest.Attack("memfdswap"), "/bin/true", InGuest.Attack("payload"));
        outcome.ExitCode.ShouldBe(1, outcome.ToString());
    }

    [Fact]
    public async Task Larger_than_the_limit_follows_on_miss()
    {
        using var volume = Volume.Create("tmpfs");
        var file = volume.Add("/bin/true", "large");
        InGuest.Prepare($"truncate -s 1100M {file}");
        var hash = new string('0', 64);
        await agent.ApplyAsync(GuestAgent.Deny("blocklist", $"image.sha256 == \"{hash}\"", "onMiss: deny"));
        InGuest.Run(file).Refused.ShouldBeTrue();
        await agent.ApplyAsync(GuestAgent.Deny("blocklist", $"image.sha256 == \"{hash}\"", "onMiss: allow"));
        InGuest.Run(file).Ran.ShouldBeTrue();
    }
}
