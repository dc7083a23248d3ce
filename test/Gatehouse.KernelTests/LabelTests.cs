using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// What is remembered of a file is right again at once when the file, a folder above it, a mount or the policy changes. Every
/// verdict is asked for twice, so that the second one is remembered, before and after each change.
/// </summary>
[Trait("speed", "slow"), Trait("speed", "slowest"), Collection(WithQuietAgent.Name)]
public sealed class LabelTests(QuietAgent agent)
{
    /// <summary>Files whose labels are counted; many more than anything else maps meanwhile.</summary>
    private const int Labels = 100;

    /// <summary>
    /// Ways for a rule to name what lies in the folder "denied" of a volume: each machine of the automaton, each kind of file system.
    /// </summary>
    public static TheoryData<string, string> Names => new()
    {
        { "tmpfs", "startsWith(\"{0}/denied/\")" },
        { "ext4", "startsWith(\"{0}/denied/\")" },
        { "overlay", "startsWith(\"{0}/denied/\")" },
        { "tmpfs", "endsWith(\"/denied/program\")" },
        { "overlay", "matches(\"{0}/denied/*\")" },
    };

    public static TheoryData<string> Kinds => Volume.Kinds;

    [Theory, MemberData(nameof(Names))]
    public async Task Rename_of_a_file_into_a_denied_folder_and_out_of_it(string kind, string test)
    {
        using var volume = await WithDeniedFolderAsync(kind, test);
        var (open, denied) = ($"{volume.Folder}/open/program", $"{volume.Folder}/denied/program");
        Verdict(open).ShouldBe("allowed");
        File.Move(open, denied);
        Verdict(denied).ShouldBe("refused");
        File.Move(denied, open);
        Verdict(open).ShouldBe("allowed");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Rename_of_a_folder_above_the_file(string kind, string test)
    {
        using var volume = await WithDeniedFolderAsync(kind, test);
        Verdict($"{volume.Folder}/open/program").ShouldBe("allowed");
        InGuest.Prepare($"cd {volume.Folder}; rmdir denied; mv open denied");
        Verdict($"{volume.Folder}/denied/program").ShouldBe("refused");
        InGuest.Prepare($"cd {volume.Folder}; mkdir open; mv -T denied open");
        Verdict($"{volume.Folder}/open/program").ShouldBe("allowed");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Hard_link_has_the_verdict_of_the_name_that_is_used(string kind, string test)
    {
        using var volume = await WithDeniedFolderAsync(kind, test);
        var (open, denied) = ($"{volume.Folder}/open/program", $"{volume.Folder}/denied/program");
        Verdict(open).ShouldBe("allowed");
        InGuest.Prepare($"ln {open} {denied}");
        for (var round = 0; round < 3; round++)
        {
            // One inode, two names, in turn: what was remembered for one must not answer for the other.
            Verdict(denied).ShouldBe("refused", $"round {round}");
            Verdict(open).ShouldBe("allowed", $"round {round}");
        }
        InGuest.Prepare($"rm {open}");
        Verdict(denied).ShouldBe("refused");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Bind_mount_and_its_end(string kind, string test)
    {
        using var volume = await WithDeniedFolderAsync(kind, test);
        var (open, denied) = ($"{volume.Folder}/open/program", $"{volume.Folder}/denied/program");
        Verdict(open).ShouldBe("allowed");
        InGuest.Prepare($"mount --bind {volume.Folder}/open {volume.Folder}/denied");
        Verdict(denied).ShouldBe("refused", "the same file by the name of the mount");
        Verdict(open).ShouldBe("allowed", "by its own name");
        InGuest.Prepare($"umount {volume.Folder}/denied");
        File.Exists(denied).ShouldBeFalse();
        Verdict(open).ShouldBe("allowed");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Move_of_a_mount_changes_the_names_below_it(string kind, string test)
    {
        using var volume = await WithDeniedFolderAsync(kind, test);
        var elsewhere = Directory.CreateTempSubdirectory("gatehouse-mount-").FullName;
        try
        {
            InGuest.Prepare($"mount -t tmpfs none {elsewhere}; cp {volume.Folder}/open/program {elsewhere}/program");
            for (var round = 0; round < 2; round++)
            {
                Verdict($"{elsewhere}/program").ShouldBe("allowed", $"round {round}");
                InGuest.Prepare($"mount --move {elsewhere} {volume.Folder}/denied");
                Verdict($"{volume.Folder}/denied/program").ShouldBe("refused", $"round {round}");
                InGuest.Prepare($"mount --move {volume.Folder}/denied {elsewhere}");
            }
        }
        finally
        {
            InGuest.Shell($"umount {volume.Folder}/denied {elsewhere}; rmdir {elsewhere}");
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Rule_that_comes_goes_and_comes_again(string kind, string test)
    {
        using var volume = await WithDeniedFolderAsync(kind, test);
        var program = volume.Add(InGuest.Attack("payload-static"), "denied/program");
        for (var round = 0; round < 3; round++)
        {
            Verdict(program).ShouldBe("refused", $"round {round}");
            await agent.ApplyAsync(Rules.Neutral);
            Verdict(program).ShouldBe("allowed", $"round {round}");
            await agent.ApplyAsync(DenyFolder(volume, test));
        }
        Verdict(program).ShouldBe("refused");
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Eviction_and_remount_change_no_verdict(string kind, string test)
    {
        using var volume = await WithDeniedFolderAsync(kind, test);
        var (open, denied) = ($"{volume.Folder}/open/program", volume.Add(InGuest.Attack("payload-static"), "denied/program"));
        // A rule by content, because the kernel counts when it looks for a hash: not while a label holds, and again when it is made.
        await agent.ApplyAsync(DenyFolder(volume, test) + GuestAgent.Deny("content", $"image.sha256 == \"{new string('0', 64)}\""));
        InGuest.Prepare($"cd {volume.Folder}/open; i=0; while [ $i -lt {Labels} ]; do echo $i > $i; i=$((i + 1)); done");
        for (var round = 0; round < 2; round++)
        {
            Verdict(denied).ShouldBe("refused");
            Verdict(open).ShouldBe("allowed");
            MapAll(volume);
            (await HashesAskedAsync(() => MapAll(volume))).ShouldBeLessThan((ulong)Labels / 2, $"labels hold, round {round}");
            InGuest.Prepare("sync; echo 3 > /proc/sys/vm/drop_caches");
            // Nothing evicts what lies in memory only.
            if (!string.Equals(kind, "tmpfs", StringComparison.Ordinal))
                (await HashesAskedAsync(() => MapAll(volume))).ShouldBeGreaterThanOrEqualTo((ulong)Labels, $"labels are made anew, round {round}");
        }
        if (!string.Equals(kind, "tmpfs", StringComparison.Ordinal))
            InGuest.Prepare($"mount -o remount,noatime {volume.Folder}");
        Verdict(open).ShouldBe("allowed");
        Verdict(denied).ShouldBe("refused");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Content_that_changes_changes_the_verdict_for_programs_and_for_mappings(string kind)
    {
        using var volume = Volume.Create(kind);
        var program = volume.Add(InGuest.Attack("payload-static"), "program");
        var other = volume.Add(program, "other");
        await File.AppendAllTextAsync(other, "x");
        await agent.ApplyAsync(GuestAgent.Deny("content", $"image.sha256 == \"{Volume.Sha256Of(program)}\""));
        for (var round = 0; round < 3; round++)
        {
            Verdict(program).ShouldBe("refused", $"round {round}");
            InGuest.Prepare($"echo -n x >> {program}");
            Verdict(program).ShouldBe("allowed", $"changed content, round {round}");
            InGuest.Prepare($"truncate -s -1 {program}");
            Verdict(program).ShouldBe("refused", $"content as before, round {round}");
            InGuest.Prepare($"mv {program} {volume.Folder}/moved; echo 3 > /proc/sys/vm/drop_caches");
            Verdict($"{volume.Folder}/moved").ShouldBe("refused", $"another name, round {round}");
            InGuest.Prepare($"mv {volume.Folder}/moved {program}");
            Verdict(other).ShouldBe("allowed", $"other content, round {round}");
        }
        await agent.ApplyAsync(Rules.Neutral);
        Verdict(program).ShouldBe("allowed");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Exact_path_follows_the_file_that_stood_there_and_whatever_stands_there(string kind)
    {
        using var volume = Volume.Create(kind);
        var program = volume.Add(InGuest.Attack("payload-static"), "program");
        var other = volume.Add(program, "other");
        await agent.ApplyAsync(GuestAgent.Deny("path", $"image.path == \"{program}\""));
        Verdict(program).ShouldBe("refused");
        Verdict(other).ShouldBe("allowed");
        InGuest.Prepare($"cd {volume.Folder}; mv program gone; mv other program; mv gone other");
        Verdict(program).ShouldBe("refused", "the name");
        Verdict(other).ShouldBe("refused", "the file");
        await agent.ApplyAsync(Rules.Neutral);
    }

    /// <summary>Maps the small files of the folder "open", which nothing refuses.</summary>
    private static void MapAll(Volume volume) =>
        InGuest.Run(InGuest.Attack("many"), "images", $"{volume.Folder}/open", $"{Labels}").Output.Trim().ShouldBe($"granted {Labels}");

    /// <summary>How many hashes the kernel side asked for while this went on, computed or kept; those of canaries and of others included.</summary>
    private async Task<ulong> HashesAskedAsync(Action action)
    {
        var before = (await agent.Client.GetStatusAsync()).Counters;
        action();
        var after = (await agent.Client.GetStatusAsync()).Counters;
        return after["hashes-computed"] + after["hashes-cached"] - before["hashes-computed"] - before["hashes-cached"];
    }

    private static string DenyFolder(Volume volume, string test) => GuestAgent.Deny(
        "folder", "image.path." + string.Format(System.Globalization.CultureInfo.InvariantCulture, test, volume.Folder));

    /// <summary>A volume with a program in "open" and an empty folder "denied", which a rule names.</summary>
    private async Task<Volume> WithDeniedFolderAsync(string kind, string test)
    {
        var volume = Volume.Create(kind);
        InGuest.Prepare($"mkdir {volume.Folder}/open {volume.Folder}/denied");
        var program = volume.Add(InGuest.Attack("payload-static"), "open/program");
        await agent.EnsureAsync(Rules.Neutral);
        Verdict(program).ShouldBe("allowed", "works without a rule");
        await agent.ApplyAsync(DenyFolder(volume, test));
        return volume;
    }

    /// <summary>"allowed" or "refused", by exec and by mapping, both cold and remembered; anything else is told as it was.</summary>
    private static string Verdict(string path)
    {
        var outcome = InGuest.Run(InGuest.Attack("images"), path);
        return outcome.Output.Trim() switch
        {
            "granted" => "allowed",
            "refused" => "refused",
            _ => outcome.ToString(),
        };
    }
}
