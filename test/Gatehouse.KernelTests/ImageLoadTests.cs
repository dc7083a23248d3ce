using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>The same content gets the same verdict however it is brought into memory.</summary>
[Collection(WithQuietAgent.Name)]
public sealed class ImageLoadTests(QuietAgent agent)
{
    private const string Loader = "/lib64/ld-linux-x86-64.so.2";

    /// <summary>Attack programs, some with a first argument.</summary>
    public static TheoryData<string> Ways =>
    [
        "mapexec", "mprotectexec", "pkeyexec", "memfdmap", "readexecpersonality", "scmexec", "uringopen",
    ];

    [Theory, MemberData(nameof(Ways))]
    public async Task Way_of_mapping_a_library_is_refused_for_the_denied_one_only(string way)
    {
        using var volume = Volume.Create("tmpfs");
        var denied = volume.Add(InGuest.Attack("libpayload.so"), "libdenied.so");
        // One byte more makes it another content; the loader does not mind.
        var innocent = volume.Add(denied, "libinnocent.so");
        await File.AppendAllTextAsync(innocent, "x");

        await agent.ApplyAsync(GuestAgent.Deny("other", "image.path == \"/nowhere\""));
        var unprotected = Try(way, denied);
        Assert.SkipWhen(unprotected.ExitCode == 3, $"{way} is not supported by this kernel: {unprotected}");
        unprotected.ExitCode.ShouldBe(0, $"works unprotected: {unprotected}");

        await agent.ApplyAsync(GuestAgent.Deny("no-library", $"image.sha256 == \"{Volume.Sha256Of(denied)}\""));
        var refused = Try(way, denied);
        refused.ExitCode.ShouldBe(1, refused.ToString());
        var allowed = Try(way, innocent);
        allowed.ExitCode.ShouldBe(0, $"the neighbour: {allowed}");
    }

    private static Outcome Try(string way, string file)
    {
        var words = way.Split(' ');
        return InGuest.Run(InGuest.Attack(words[0]), [.. words[1..], file]);
    }

    [Fact]
    public async Task Preload_audit_and_dlopen_do_not_run_a_denied_library()
    {
        using var volume = Volume.Create("tmpfs");
        var library = volume.Add(InGuest.Attack("libpayload.so"), "libpayload.so");
        KeyValuePair<string, string>[] preload = [new("LD_PRELOAD", library)];
        KeyValuePair<string, string>[] audit = [new("LD_AUDIT", library)];

        await agent.ApplyAsync(GuestAgent.Deny("other", "image.path == \"/nowhere\""));
        InGuest.Run("/bin/true", [], preload).Output.ShouldContain("library ran");
        InGuest.Run(InGuest.Attack("dlopener"), library).Output.ShouldContain("library ran");

        await agent.ApplyAsync(GuestAgent.Deny("no-library", $"image.sha256 == \"{Volume.Sha256Of(library)}\""));
        InGuest.Run("/bin/true", [], preload).Output.ShouldNotContain("library ran");
        InGuest.Run("/bin/true", [], audit).Output.ShouldNotContain("library ran");
        InGuest.Run(InGuest.Attack("dlopener"), library).ExitCode.ShouldBe(1);
        InGuest.Run("/bin/true").Ran.ShouldBeTrue();
    }

    [Fact]
    public async Task Program_that_is_started_by_the_loader_is_refused()
    {
        using var volume = Volume.Create("tmpfs");
        var program = volume.Add("/bin/ls", "program");
        await agent.ApplyAsync(GuestAgent.Deny("other", "image.path == \"/nowhere\""));
        InGuest.Run(Loader, program, "/").Ran.ShouldBeTrue("works unprotected");

        await agent.ApplyAsync(GuestAgent.Deny("by-hash", $"image.sha256 == \"{Volume.Sha256Of(program)}\""));
        InGuest.Run(Loader, program, "/").ExitCode.ShouldNotBe(0);
        await agent.ApplyAsync(GuestAgent.Deny("by-path", $"image.path == \"{program}\""));
        InGuest.Run(Loader, program, "/").ExitCode.ShouldNotBe(0);
        InGuest.Prepare($"ln {program} {volume.Folder}/other");
        InGuest.Run(Loader, $"{volume.Folder}/other", "/").ExitCode.ShouldNotBe(0, "hard link");
        InGuest.Run(Loader, "/bin/true").Ran.ShouldBeTrue();
    }

    [Fact]
    public async Task Scripts_are_refused_by_their_own_path_and_by_their_interpreter()
    {
        using var volume = Volume.Create("tmpfs");
        var interpreter = volume.Add("/bin/sh", "interpreter");
        var script = Path.Combine(volume.Folder, "script");
        await File.WriteAllTextAsync(script, $"#!{interpreter}\nexit 0\n");
        InGuest.Prepare($"chmod 755 {script}");
        await agent.ApplyAsync(GuestAgent.Deny("other", "image.path == \"/nowhere\""));
        InGuest.Run(script).Ran.ShouldBeTrue("works unprotected");

        await agent.ApplyAsync(GuestAgent.Deny("script", $"image.path == \"{script}\""));
        InGuest.Run(script).Refused.ShouldBeTrue("script");
        await agent.ApplyAsync(GuestAgent.Deny("interpreter", $"image.path == \"{interpreter}\""));
        InGuest.Run(script).Refused.ShouldBeTrue("interpreter");
        await agent.ApplyAsync(GuestAgent.Deny("content", $"image.sha256 == \"{Volume.Sha256Of(script)}\""));
        InGuest.Run(script).Refused.ShouldBeTrue("content of the script");
    }

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    [InlineData("overlay")]
    public async Task Path_is_the_same_text_whichever_hook_sees_it(string kind)
    {
        // mmap_file asks d_path, file_mprotect climbs the dentries itself.
        using var volume = Volume.Create(kind);
        var library = volume.Add(InGuest.Attack("libpayload.so"), "lib with spaces ü.so");
        await agent.ApplyAsync(GuestAgent.Deny("no-library", $"image.path == \"{library}\""));
        foreach (var (way, hook) in new[] { ("mapexec", "mmap_file"), ("mprotectexec", "file_mprotect") })
        {
            var cursor = await agent.CursorAsync();
            InGuest.Run(InGuest.Attack(way), library).ExitCode.ShouldBe(1, way);
            var decision = await agent.DecisionAsync(cursor, d => d.Verdict == Verdict.Deny && string.Equals(d.Hook, hook, StringComparison.Ordinal));
            decision.Object.Image.ShouldNotBeNull().Path.ShouldBe(library);
        }
    }
}
