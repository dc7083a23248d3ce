using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// A name leads to an innocent and to a denied file in turn, without a pause, while it is loaded. What is decided on must be what
/// is loaded: the denied one never is.
/// </summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class ImageRaceTests(QuietAgent agent)
{
    private const string Short = "400", Long = "1500";

    /// <summary>How it is loaded, and how the name changes.</summary>
    public static TheoryData<string, string[]> NameRaces => new()
    {
        { "exec", ["symlink", "exchange"] }, { "mmap", ["symlink", "exchange", "rename"] }, { "mprotect", ["exchange"] },
        { "module", ["symlink", "exchange"] },
    };

    public static TheoryData<string, string> ContentRaces => new() { { "mmap", "write" }, { "mmap", "mapping" } };

    [Theory(Explicit = true), MemberData(nameof(NameRaces))]
    public async Task Denied_file_is_never_loaded_by_a_name_that_changes(string load, string[] swaps)
    {
        using var volume = Volume.Create("tmpfs");
        var (good, bad) = Files(load, volume.Folder);
        await agent.EnsureAsync(Rules.Neutral);
        foreach (var swap in swaps)
        {
            var won = Race(load, swap, good, bad, volume, Short);
            won.ExitCode.ShouldBe(0, $"{swap} wins without a rule: {won}");
        }

        await agent.ApplyAsync(GuestAgent.Deny("no-bad", $"image.sha256 == \"{Volume.Sha256Of(bad)}\""));
        foreach (var swap in swaps)
        {
            var race = Race(load, swap, good, bad, volume, Long);
            race.ExitCode.ShouldBe(1, $"{swap}: {race}");
        }
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory(Explicit = true), MemberData(nameof(ContentRaces))]
    public async Task Content_that_changes_between_hash_and_use_is_refused_by_a_rule_about_writers_only(string load, string swap)
    {
        using var volume = Volume.Create("tmpfs");
        var (good, bad) = Files(load, volume.Folder);
        var byHash = GuestAgent.Deny("no-bad", $"image.sha256 == \"{Volume.Sha256Of(bad)}\"");
        await agent.ApplyAsync(byHash);
        // limitations.md, "Hash, then map": a private mapping shows what is written later. If this fails, that can be taken out there.
        Race(load, swap, good, bad, volume, Short).ExitCode.ShouldBe(0, "the limitation is still one");

        await agent.ApplyAsync(byHash + GuestAgent.Deny("no-writers", $"image.writers && image.path.startsWith(\"{volume.Folder}/\")"));
        var race = Race(load, swap, good, bad, volume, Short);
        race.Output.ShouldContain("bad 0,", customMessage: race.ToString());
        race.Output.ShouldContain("good 0,", customMessage: "it is open for writing all the time");
        await agent.EnsureAsync(Rules.Neutral);
    }

    /// <summary>They differ in their last byte.</summary>
    private static (string Good, string Bad) Files(string load, string folder)
    {
        var files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        var good = ImageKind.Add(load is "module" ? "module" : "executable", files);
        var content = File.ReadAllBytes(good);
        content[^1] = (byte)'x';
        var bad = Path.Combine(files, "bad");
        File.WriteAllBytes(bad, content);
        return (good, bad);
    }

    private static Outcome Race(string load, string swap, string good, string bad, Volume volume, string milliseconds)
    {
        var place = Directory.CreateDirectory(Path.Combine(volume.Folder, "race")).FullName;
        return InGuest.Run(InGuest.Attack("image_race"), load, swap, good, bad, place, milliseconds);
    }
}
