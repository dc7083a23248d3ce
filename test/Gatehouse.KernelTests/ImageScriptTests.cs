using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>A script is decided where the kernel hears of it. Where it does not, nothing is refused, and these tests say so.</summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class ImageScriptTests(QuietAgent agent)
{
    [Fact]
    public async Task Interpreter_that_asks_the_kernel_is_told_what_executing_the_script_would_come_to()
    {
        using var volume = Volume.Create("tmpfs");
        var (script, neighbour) = await ScriptsAsync(volume);
        await agent.EnsureAsync(Rules.Neutral);
        var before = Check(script);
        Assert.SkipWhen(before.ExitCode == 3, "this kernel has no AT_EXECVE_CHECK (Linux 6.14)");
        before.ExitCode.ShouldBe(0, before.ToString());

        foreach (var test in new[] { $"image.sha256 == \"{Volume.Sha256Of(script)}\"", $"image.file == \"{script}\"", $"image.path == \"{script}\"" })
        {
            await agent.ApplyAsync(GuestAgent.Deny("no-script", test));
            var cursor = await agent.CursorAsync();
            Check(script).ExitCode.ShouldBe(1, test);
            (await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny)).Rule.ShouldBe("no-script");
            InGuest.Shell($"{InGuest.Attack("checked_interpreter")} - < {script}").ExitCode.ShouldBe(1, $"as its input: {test}");
            InGuest.Run(script).Refused.ShouldBeTrue($"executed: {test}");
            Check(neighbour).ExitCode.ShouldBe(0, $"another script: {test}");
        }
        await agent.EnsureAsync(Rules.Neutral);
        Check(script).ExitCode.ShouldBe(0, "works again");
    }

    /// <summary>limitations.md, "Scripts": what an interpreter reads is not an image. If one of these is refused, that can be taken out there.</summary>
    [Fact]
    public async Task Script_that_an_interpreter_only_reads_is_not_refused()
    {
        using var volume = Volume.Create("tmpfs");
        var (script, _) = await ScriptsAsync(volume);
        await agent.ApplyAsync(
            GuestAgent.Deny("no-script", $"image.file == \"{script}\"")
            + GuestAgent.Deny("no-content", $"image.sha256 == \"{Volume.Sha256Of(script)}\""));
        InGuest.Run(script).Refused.ShouldBeTrue("executed, it is");
        foreach (var line in new[] { $"sh {script}", $"sh < {script}", $". {script}", $"sh -c \"$(cat {script})\"", $"cat {script} | sh" })
            InGuest.Shell(line).Output.ShouldContain("script ran", customMessage: line);
        await agent.EnsureAsync(Rules.Neutral);
    }

    private static Outcome Check(string script) => InGuest.Run(InGuest.Attack("checked_interpreter"), script);

    private static async Task<(string Script, string Neighbour)> ScriptsAsync(Volume volume)
    {
        var (script, neighbour) = ($"{volume.Folder}/script", $"{volume.Folder}/neighbour");
        await File.WriteAllTextAsync(script, "#!/bin/sh\necho script ran\n");
        await File.WriteAllTextAsync(neighbour, "#!/bin/sh\necho neighbour ran\n");
        InGuest.Prepare($"chmod 755 {script} {neighbour}");
        return (script, neighbour);
    }
}
