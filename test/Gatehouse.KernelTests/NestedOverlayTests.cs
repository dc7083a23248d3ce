using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>An overlay over an overlay, which is all that the kernel stacks: the content is that of the file at the bottom.</summary>
[Collection(WithQuietAgent.Name)]
public sealed class NestedOverlayTests(QuietAgent agent)
{
    [Fact]
    public async Task Content_of_two_overlays_is_known_and_who_writes_beneath_them_is_seen()
    {
        using var volume = Volume.Create("tmpfs");
        var root = volume.Folder;
        InGuest.Prepare($"""
            mkdir {root}/bottom {root}/empty {root}/middle {root}/top
            cp {InGuest.Attack("payload-static")} {root}/bottom/approved
            mount -t overlay overlay -o lowerdir={root}/bottom:{root}/empty {root}/middle
            mount -t overlay overlay -o lowerdir={root}/middle:{root}/empty {root}/top
            """);
        try
        {
            var (program, beneath) = ($"{root}/top/approved", $"{root}/bottom/approved");
            await agent.EnsureAsync(Rules.Neutral);
            WithWriter(beneath, () => Answers(program)).ShouldBe(["ran", "ran"], "works without a rule");

            await agent.ApplyAsync(
                Rules.Of("approved", "process.exec, image.load", $"image.sha256 == \"{Volume.Sha256Of(beneath)}\"", "allow")
                + GuestAgent.Deny("the-rest", $"image.path.startsWith(\"{root}/\")"));
            Answers(program).ShouldBe(["ran", "ran"], "its content is known");
            WithWriter(beneath, () => Answers(program)).ShouldBe(["refused", "refused"], "somebody may be writing to it");
            Answers(program).ShouldBe(["ran", "ran"], "nobody any more");
            InGuest.Prepare($"printf x >> {beneath}");
            Answers(program).ShouldBe(["refused", "refused"], "another content");
            await agent.EnsureAsync(Rules.Neutral);
        }
        finally
        {
            InGuest.Prepare($"umount {root}/top {root}/middle");
        }
    }

    private static T WithWriter<T>(string file, Func<T> act)
    {
        using var writer = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        return act();
    }

    /// <summary>Executed, and mapped executable.</summary>
    private static string[] Answers(string program) =>
        [.. new[] { InGuest.Run(program), InGuest.Run(InGuest.Attack("mapexec"), program) }
            .Select(static o => o.Ran ? "ran" : o.Refused || o.Output.StartsWith("refused", StringComparison.Ordinal) ? "refused" : o.ToString())];
}
