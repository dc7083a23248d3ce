using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Images that kexec would start. They are loaded and unloaded, never started.</summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class ImageKexecTests(QuietAgent agent)
{
    private static readonly string s_kernel = "/boot/vmlinuz-" + File.ReadAllText("/proc/sys/kernel/osrelease").Trim();

    [Fact]
    public async Task Kernel_is_refused_by_content_by_file_and_by_kind()
    {
        using var volume = Volume.Create("tmpfs");
        var kernel = volume.Add(s_kernel, "kernel");
        var initramfs = Path.Combine(volume.Folder, "initramfs");
        await File.WriteAllTextAsync(initramfs, "no file system");
        InGuest.Prepare($"ln -s {kernel} {initramfs}.kernel");
        await agent.EnsureAsync(Rules.Neutral);
        // A second each: the kernel checks a signature and sums of fourteen megabytes.
        var before = Try(kernel, "kexec-file-load", "kexec-load").ShouldBeGranted("works without a rule");
        var withInitramfs = Try(initramfs, "initramfs").ShouldBeGranted("works without a rule");

        await agent.ApplyAsync(Rules.Deny("no-kernel", "image.load", $"image.sha256 == \"{Volume.Sha256Of(kernel)}\""));
        var cursor = await agent.CursorAsync();
        Try(kernel, "kexec-file-load", "memfd", "scm-rights", "unlinked", "kexec-load").ShouldBeRefused(before, "content", "kexec-load");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Rule.ShouldBe("no-kernel");

        await agent.ApplyAsync(Rules.Deny("no-initramfs", "image.load", $"image.kind == \"kexec-image\" && image.path == \"{initramfs}\""));
        Try(initramfs, "initramfs").ShouldBeRefused(withInitramfs, "the initial file system, by path");
        Try(kernel, "kexec-file-load").ShouldBeGranted("the kernel alone");

        await agent.ApplyAsync(Rules.Deny("no-kexec", "image.load", "image.kind == \"kexec-image\""));
        Try(kernel, "kexec-file-load", "kexec-load").ShouldBeRefused(before, "kind");

        await agent.ApplyAsync(Rules.Deny("no-memory", "image.load", "image.kind == \"kexec-image\" && image.fromMemory"));
        Try(kernel, "kexec-file-load", "kexec-load").ShouldBeRefused(before, "segments have no file", "kexec-file-load");
        await agent.EnsureAsync(Rules.Neutral);
    }

    private static ImageWays Try(string file, params string[] ways) => ImageWays.Try("image_kexec", file, ways);
}
