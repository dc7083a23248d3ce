using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Attempts to make one file pass for another: remembered hashes, copies up, numbers that come again.</summary>
[Collection(WithQuietAgent.Name)]
public sealed class IdentityTests(QuietAgent agent)
{
    private const string HarmlessMark = "GATEHOUSE-TEST-MARK-A";
    private const string DeniedMark = "GATEHOUSE-TEST-MARK-B";

    [Fact]
    public async Task Copy_up_under_an_open_descriptor_neither_maps_nor_poisons()
    {
        using var volume = Volume.Create("tmpfs");
        InGuest.Prepare($"""
            cd {volume.Folder} && mkdir low up work merged
            cp {InGuest.Attack("payload-static")} low/program
            mount -t overlay overlay -o lowerdir=low,upperdir=up,workdir=work merged
            """);
        var denied = Path.Combine(volume.Folder, "low", "program");
        try
        {
            await agent.ApplyAsync(GuestAgent.Deny("no-program", $"image.sha256 == \"{Volume.Sha256Of(denied)}\""));
            // What is mapped is the denied lower content, what can be hashed is the innocent copy: unknown, so onMiss.
            var outcome = InGuest.Run(InGuest.Attack("copyupmap"), $"{volume.Folder}/merged/program");
            outcome.ExitCode.ShouldBe(1, outcome.ToString());
            InGuest.Run(denied).Refused.ShouldBeTrue("the hash of the copy must not be remembered for the lower file");
            InGuest.Run($"{volume.Folder}/merged/program").Ran.ShouldBeTrue("the copy has another content");
        }
        finally
        {
            InGuest.Prepare($"umount {volume.Folder}/merged");
        }
    }

    [Fact]
    public async Task Another_file_system_on_the_same_device_is_not_judged_by_what_was_there()
    {
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add(InGuest.Attack("payload-static"), "program");
        var denied = volume.Add(program, "denied");
        await File.AppendAllTextAsync(program, HarmlessMark);
        await File.AppendAllTextAsync(denied, DeniedMark);
        // Two images that differ in the file's content only: same inode, generation, size and times.
        InGuest.Prepare($"""
            set -e
            cd {volume.Folder}
            modprobe ext4; modprobe loop
            mkdir mount
            truncate -s 16M one && mkfs.ext4 -q one
            mount -o loop one mount && cp -p program mount/program && umount mount
            LC_ALL=C sed 's/{HarmlessMark}/{DeniedMark}/' one > two
            """);
        await agent.ApplyAsync(GuestAgent.Deny("no-denied", $"image.sha256 == \"{Volume.Sha256Of(denied)}\""));
        var outcome = InGuest.Shell($"""
            cd {volume.Folder}
            device=$(losetup --find --show one) && mount -o ro $device mount || exit 20
            mount/program || exit 10
            umount mount && losetup -d $device
            losetup $device two && mount -o ro $device mount || exit 21
            cmp -s mount/program denied || exit 22
            mount/program && exit 11
            umount mount; losetup -d $device
            exit 0
            """);
        outcome.ExitCode.ShouldBe(0, outcome.ToString());
    }

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    [InlineData("overlay")]
    public async Task File_that_appears_at_a_denied_path_later_is_refused_by_every_hook(string kind)
    {
        // Nothing is there when the policy is loaded, so only the spelling can match.
        using var volume = Volume.Create(kind);
        var library = Path.Combine(volume.Folder, "later.so");
        await agent.ApplyAsync(GuestAgent.Deny("no-later", $"image.path == \"{library}\""));
        volume.Add(InGuest.Attack("libpayload.so"), "later.so");
        var neighbour = volume.Add(InGuest.Attack("libpayload.so"), "neighbour.so");
        foreach (var way in new[] { "mapexec", "mprotectexec", "pkeyexec" })
        {
            var refused = InGuest.Run(InGuest.Attack(way), library);
            refused.ExitCode.ShouldBe(1, $"{way}: {refused}");
            var allowed = InGuest.Run(InGuest.Attack(way), neighbour);
            allowed.ExitCode.ShouldBe(0, $"{way}, neighbour: {allowed}");
        }
    }
}
