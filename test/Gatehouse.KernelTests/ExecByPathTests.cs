using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>A rule by path follows the file that stood there, whatever it is called when it is started.</summary>
[Collection(WithQuietAgent.Name)]
public sealed class ExecByPathTests(QuietAgent agent)
{
    public static TheoryData<string> Kinds => Volume.Kinds;

    private async Task<(string Program, Volume Volume)> DenyProgramOn(string kind)
    {
        var volume = Volume.Create(kind);
        var program = volume.Add(InGuest.Attack("payload-static"), "payload");
        await agent.ApplyAsync(GuestAgent.Deny("other", "image.path == \"/nowhere\""));
        InGuest.Run(program).Ran.ShouldBeTrue("the program runs unprotected");
        await agent.ApplyAsync(GuestAgent.Deny("no-payload", $"image.path == \"{program}\""));
        return (program, volume);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Denied_path_is_refused_and_its_neighbour_runs(string kind)
    {
        var (program, volume) = await DenyProgramOn(kind);
        using var _ = volume;
        InGuest.Run(program).Refused.ShouldBeTrue();
        InGuest.Run(volume.Add(InGuest.Attack("payload-static"), "neighbour")).Ran.ShouldBeTrue();

        await agent.ApplyAsync(GuestAgent.Deny("other", "image.path == \"/nowhere\""));
        InGuest.Run(program).Ran.ShouldBeTrue("it runs again once the rule is gone");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Hard_link_symbolic_link_and_rename_change_nothing(string kind)
    {
        var (program, volume) = await DenyProgramOn(kind);
        using var _ = volume;
        InGuest.Prepare($"ln {program} {volume.Folder}/hard; ln -s {program} {volume.Folder}/soft");
        InGuest.Run($"{volume.Folder}/hard").Refused.ShouldBeTrue("hard link");
        InGuest.Run($"{volume.Folder}/soft").Refused.ShouldBeTrue("symbolic link");
        File.Move(program, $"{volume.Folder}/renamed");
        InGuest.Run($"{volume.Folder}/renamed").Refused.ShouldBeTrue("rename");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task File_that_replaces_the_denied_one_is_denied_too(string kind)
    {
        var (program, volume) = await DenyProgramOn(kind);
        using var _ = volume;
        InGuest.Prepare($"cp /bin/true {volume.Folder}/new; mv {volume.Folder}/new {program}");
        InGuest.Run(program).Refused.ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Bind_mount_mount_namespace_and_chroot_change_nothing(string kind)
    {
        var (program, volume) = await DenyProgramOn(kind);
        using var _ = volume;
        var other = Directory.CreateTempSubdirectory("gatehouse-bind-").FullName;
        var name = Path.GetFileName(program);
        InGuest.Shell($"mount --bind {volume.Folder} {other} && {other}/{name}; s=$?; umount {other}; exit $s")
            .ExitCode.ShouldBe(126, "bind mount");
        InGuest.Shell($"unshare -m sh -c 'mount --bind {volume.Folder} /mnt && exec /mnt/{name}'")
            .ExitCode.ShouldBe(126, "mount namespace");
        InGuest.Run("/usr/sbin/chroot", volume.Folder, $"/{name}").ExitCode.ShouldBe(126, "chroot");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Deleted_file_that_is_still_open_is_refused(string kind)
    {
        var (program, volume) = await DenyProgramOn(kind);
        using var _ = volume;
        InGuest.Shell($"exec 9<{program}; rm {program}; exec /proc/self/fd/9").ExitCode.ShouldBe(126);
    }

    [Fact]
    public async Task Forged_path_in_a_mount_namespace_denies_only_there()
    {
        // An attacker who puts a harmless file at a denied path loses that file, and gains nothing elsewhere.
        var (program, volume) = await DenyProgramOn("tmpfs");
        using var _ = volume;
        InGuest.Shell($"unshare -m sh -c 'mount --bind /bin/true {program}; {program}'").ExitCode.ShouldBe(126);
        InGuest.Run("/bin/true").Ran.ShouldBeTrue();
    }

    [Fact]
    public async Task Symbolic_link_in_a_rule_stands_for_its_target()
    {
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload-static"), "payload");
        File.CreateSymbolicLink($"{volume.Folder}/link", program);
        await agent.ApplyAsync(GuestAgent.Deny("no-link", $"image.path == \"{volume.Folder}/link\""));
        InGuest.Run(program).Refused.ShouldBeTrue();
        InGuest.Prepare($"cp /bin/true {volume.Folder}/new; mv {volume.Folder}/new {program}");
        InGuest.Run(program).Refused.ShouldBeTrue("what replaces the target");
    }
}
