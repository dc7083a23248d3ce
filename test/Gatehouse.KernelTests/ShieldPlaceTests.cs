using Gatehouse.Kernel.Shielding;
using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Files that are kept without their names, and files of an overlay by what lies beneath. This process holds the shield as the agent does.</summary>
[Trait("speed", "slow")]
public sealed class ShieldPlaceTests : IDisposable
{
    private const string Pins = "/sys/fs/bpf/gatehouse-shield-places";

    private readonly KernelShield _shield = KernelShield.AttachOrTakeOver(Pins);

    public void Dispose()
    {
        _shield.Unseal();
        _shield.Dispose();
        InGuest.Prepare($"rm -rf {Pins}");
    }

    /// <summary>What an upgrade of a library does goes on; what changes the library that is in use does not.</summary>
    [Fact]
    public void Content_is_kept_and_another_file_may_take_the_name()
    {
        using var volume = Volume.Create("ext4");
        var library = Path.Combine(volume.Folder, "library");
        string[] changes = [$"echo more >>{library}", $": >{library}", $"chmod 600 {library}", $"touch -d yesterday {library}", $"python3 -c 'import os; os.setxattr(\"{library}\", \"user.x\", b\"y\")'"];
        string[] upgrades =
        [
            $"ln {library} {library}.old && echo new >{library}.new && mv {library}.new {library} && rm {library}.old",
            $"echo newer >{library}.new && mv {library}.new {library}", $"mv {library} {library}.away && mv {library}.away {library}", $"rm {library}",
        ];
        foreach (var line in changes.Concat(upgrades))
        {
            File.WriteAllText(library, "code");
            InGuest.Shell(line).Ran.ShouldBeTrue(line);
        }
        File.WriteAllText(library, "code");
        _shield.GuardContent(library);
        _shield.Seal([]);

        foreach (var line in changes)
            InGuest.Shell(line).Ran.ShouldBeFalse(line);
        File.ReadAllText(library).ShouldBe("code");
        foreach (var line in upgrades)
        {
            InGuest.Shell(line).Ran.ShouldBeTrue(line);
            InGuest.Prepare($"echo code >{library}");
        }
        // Another file is in its place now.
        InGuest.Shell($"echo more >>{library}").Ran.ShouldBeTrue();
    }

    /// <summary>
    /// One that was made in a kept folder since the seal, by who may, is known by its place only. By its handle it has none, once the kernel has forgotten
    /// its name.
    /// </summary>
    [Fact]
    public void File_that_is_opened_by_its_handle_is_kept_although_its_place_is_not_known()
    {
        using var volume = Volume.Create("ext4");
        var (kept, made) = (Path.Combine(volume.Folder, "kept"), Path.Combine(volume.Folder, "kept", "made"));
        InGuest.Prepare($"mkdir {kept}");
        _shield.Guard(kept);
        InGuest.Prepare($"echo since >{made}");
        InGuest.Run(InGuest.Attack("member"), "handle", made).ExitCode.ShouldBe(0, "it is nothing but the seal that keeps it");
        var before = File.ReadAllText(made);
        _shield.Seal([]);

        var outcome = InGuest.Run(InGuest.Attack("member"), "handle", made);

        outcome.ExitCode.ShouldBe(1, outcome.Output);
        string.Equals(File.ReadAllText(made), before, StringComparison.Ordinal).ShouldBeTrue();
    }

    [Theory]
    [InlineData("lower")]
    [InlineData("upper")]
    public void Layer_beneath_a_kept_file_is_kept(string layer)
    {
        using var volume = Volume.Create("overlay");
        var beneath = Path.GetFullPath(Path.Combine(volume.Folder, "..", layer));
        InGuest.Prepare($"mkdir {beneath}/d; echo kept >{beneath}/d/kept; echo free >{beneath}/d/free; echo 3 >/proc/sys/vm/drop_caches");
        string[] changes = [$"echo more >>{beneath}/d/kept", $": >{beneath}/d/kept", $"chmod 600 {beneath}/d/kept", $"rm {beneath}/d/kept"];
        foreach (var line in changes)
        {
            InGuest.Shell(line).Ran.ShouldBeTrue(line);
            InGuest.Prepare($"echo kept >{beneath}/d/kept; chmod 644 {beneath}/d/kept");
        }
        _shield.Guard(Path.Combine(volume.Folder, "d", "kept"));
        _shield.Seal([]);

        foreach (var line in changes)
            InGuest.Shell(line).Ran.ShouldBeFalse(line);
        File.ReadAllText(Path.Combine(volume.Folder, "d", "kept")).ShouldBe("kept\n");
        InGuest.Shell($"echo more >>{beneath}/d/free").Ran.ShouldBeTrue();
    }
}
