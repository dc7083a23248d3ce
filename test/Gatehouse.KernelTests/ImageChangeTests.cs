using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>Only approved content may be loaded. A file that was loaded, and then changed in whatever way, is decided by what it holds now.</summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class ImageChangeTests(QuietAgent agent)
{
    private static readonly string[] s_mapped = ["old-fuse-read", "old-io-uring-buffer", "old-mapping", "old-mapping-by-vm"];

    public static TheoryData<string> Kinds => Volume.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Whatever_changes_an_approved_file_is_noticed_at_the_next_load(string kind)
    {
        using var volume = Volume.Create(kind);
        var approved = InGuest.Attack("payload-tiny");
        await agent.EnsureAsync(Rules.Neutral);
        foreach (var (way, words) in Try(approved, volume))
            words.ShouldAllBe(static w => w == "granted", $"{way}: works without a rule");

        await agent.ApplyAsync(
            Rules.Of("approved", "process.exec, image.load", $"image.sha256 == \"{Volume.Sha256Of(approved)}\"", "allow")
            + GuestAgent.Deny("the-rest", $"image.path.startsWith(\"{volume.Folder}/\")"));
        var changes = Try(approved, volume);
        // Before; mapped and executed after the change; with the old content again.
        foreach (var (way, words) in changes)
        {
            // Who opened it before it was approved has it open at the first load: then nobody vouches for it at all.
            var first = way.StartsWith("old-", StringComparison.Ordinal) ? words[0] : "granted";
            // Memory may have been pinned by who mapped it: such a file is not trusted again.
            var last = s_mapped.Contains(way, StringComparer.Ordinal) ? words[3] : "granted";
            string.Join(' ', words).ShouldBe($"{first} refused refused {last}", way);
        }

        changes.Count.ShouldBeGreaterThanOrEqualTo(20);
        await agent.EnsureAsync(Rules.Neutral);
    }

    /// <summary>The ways that the file system has.</summary>
    private static List<(string Way, string[] Words)> Try(string approved, Volume volume)
    {
        InGuest.Prepare("modprobe fuse");
        var outcome = InGuest.Run(InGuest.Attack("image_change"), approved, volume.Folder);
        outcome.Ran.ShouldBeTrue(outcome.ToString());
        return
        [
            .. outcome.Output.Split('\n').Select(static l => l.Split(' ')).Where(static w => w.Length == 5).Select(static w => (w[0], w[1..])),
        ];
    }
}
