using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Kernel modules as users and the kernel itself load them; the system calls are in <see cref="ImageWayTests"/>.</summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class ImageModuleTests(QuietAgent agent)
{
    /// <summary>A file system that nobody has, and whose module needs no other.</summary>
    private const string Unused = "zonefs";

    [Fact]
    public async Task Module_that_the_kernel_uncompresses_is_refused_as_the_file_that_it_is()
    {
        using var volume = Volume.Create("tmpfs");
        var compressed = GuestModule.Compressed("dummy", volume.Folder);
        await agent.EnsureAsync(Rules.Neutral);
        Assert.SkipUnless(TryCompressed(compressed).Supported.Any(), "this kernel uncompresses no modules (CONFIG_MODULE_DECOMPRESS)");
        var before = TryCompressed(compressed).ShouldBeGranted("works without a rule");

        foreach (var test in new[]
        {
            $"image.sha256 == \"{Volume.Sha256Of(compressed)}\"", $"image.file == \"{compressed}\"", $"image.path == \"{compressed}\"",
        })
        {
            await agent.ApplyAsync(Rules.Deny("no-module", "image.load", $"image.kind == \"module\" && {test}"));
            TryCompressed(compressed).ShouldBeRefused(before, test);
        }
        // What is read is the compressed file; the uncompressed module has another hash.
        await agent.ApplyAsync(Rules.Deny("no-module", "image.load", $"image.sha256 == \"{Volume.Sha256Of(volume.Folder + "/dummy.ko")}\""));
        TryCompressed(compressed).ShouldBeGranted("limitation: a rule by the hash of the uncompressed module does not see it");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Module_from_memory_has_a_content_and_no_name()
    {
        using var volume = Volume.Create("tmpfs");
        var module = GuestModule.Uncompressed("dummy", volume.Folder);
        string[] fromMemory = ["init-module", "init-module-copied"], fromFile = ["finit-module"];
        await agent.EnsureAsync(Rules.Neutral);
        var (memory, file) = (Try(module, fromMemory).ShouldBeGranted("without a rule"), Try(module, fromFile).ShouldBeGranted("without a rule"));

        await agent.ApplyAsync(Rules.Deny("no-memory", "image.load", "image.kind == \"module\" && image.fromMemory"));
        Try(module, fromMemory).ShouldBeRefused(memory, "fromMemory");
        Try(module, fromFile).ShouldBeGranted("it comes from a file");

        await agent.ApplyAsync(Rules.Deny("no-path", "image.load", "image.kind == \"module\" && image.path.endsWith(\".ko\")"));
        Try(module, fromMemory).ShouldBeGranted("it has no name");
        Try(module, fromFile).ShouldBeRefused(file, "it has that name");

        await agent.ApplyAsync(Rules.Deny("no-size", "image.load", $"image.kind == \"module\" && image.size == {new FileInfo(module).Length}"));
        Try(module, fromMemory).ShouldBeRefused(memory, "size of the bytes");

        await agent.ApplyAsync(Rules.Deny("no-module", "image.load", "image.kind == \"module\""));
        Try(module, fromMemory).ShouldBeRefused(memory, "kind");
        Try(module, fromFile).ShouldBeRefused(file, "kind");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Fact]
    public async Task Module_that_users_or_the_kernel_ask_for_is_refused_by_content()
    {
        using var volume = Volume.Create("tmpfs");
        var packaged = GuestModule.Packaged(Unused);
        var plain = GuestModule.Uncompressed(Unused, volume.Folder);
        await agent.EnsureAsync(Rules.Neutral);
        ByUser().ShouldBeTrue("works without a rule");
        ByKernel().ShouldBeTrue("works without a rule");

        // Older kmod uncompresses and hands the bytes over, newer has the kernel do it: one of the two hashes is the one.
        await agent.ApplyAsync(Rules.Deny(
            "no-module", "image.load", $"image.sha256 in [\"{Volume.Sha256Of(plain)}\", \"{Volume.Sha256Of(packaged)}\"]"));
        ByUser().ShouldBeFalse("modprobe");
        var cursor = await agent.CursorAsync();
        ByKernel().ShouldBeFalse("mount of an unknown file system");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Rule.ShouldBe("no-module");
        InGuest.Shell("modprobe loop").Ran.ShouldBeTrue("another module");

        await agent.EnsureAsync(Rules.Neutral);
        ByKernel().ShouldBeTrue("works again");
    }

    private static ImageWays Try(string module, string[] ways) => ImageWays.Try("image_module", module, ways);

    private static ImageWays TryCompressed(string module) => ImageWays.Try("image_module", module, "finit-module-compressed");

    private static bool ByUser()
    {
        InGuest.Shell($"modprobe {Unused}");
        return WasLoaded();
    }

    /// <summary>The mount fails in any case; that the kernel runs modprobe for it is what counts.</summary>
    private static bool ByKernel()
    {
        InGuest.Shell($"mount -t {Unused} none /mnt");
        return WasLoaded();
    }

    private static bool WasLoaded()
    {
        var loaded = Directory.Exists($"/sys/module/{Unused}");
        if (loaded)
            InGuest.Prepare($"rmmod {Unused}");
        return loaded;
    }
}
