using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// Files that lie in the lower layer of an overlay only, as all files of a container do: known by the path at which the overlay shows
/// them, over every overlay of that layer, and anew when a write copies them up. <see cref="LabelTests"/> has files of upper layers.
/// </summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class OverlayTests(QuietAgent agent)
{
    /// <summary>What the lower layer lies on.</summary>
    public static TheoryData<string> Kinds => ["tmpfs", "ext4"];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Program_of_the_lower_layer_is_refused_by_the_path_that_the_overlay_shows(string kind)
    {
        using var layers = await LayersAsync(kind);
        string[] tests =
        [
            $"image.path == \"{layers.Denied}\"", $"image.file == \"{layers.Denied}\"",
            $"image.path.startsWith(\"{layers.First}/denied\")", "image.path.endsWith(\"/denied\")",
        ];
        foreach (var test in tests)
        {
            await agent.ApplyAsync(GuestAgent.Deny("path", test));
            Verdict(layers.Denied).ShouldBe("refused", test);
            Verdict(layers.Neighbour).ShouldBe("allowed", test);
        }
        File.Exists($"{layers.Upper}/denied").ShouldBeFalse("it still lies in the lower layer only");
        await agent.EnsureAsync(Rules.Neutral);
        Verdict(layers.Denied).ShouldBe("allowed", "works again");
    }

    [Theory]
    [InlineData("image.overlay")]
    [InlineData("image.fileSystem == \"overlay\"")]
    public async Task Overlay_is_seen_in_whatever_way_a_file_is_loaded(string test)
    {
        using var layers = await LayersAsync("tmpfs");
        await agent.ApplyAsync(GuestAgent.Deny("overlay", $"{test} && image.path.startsWith(\"{layers.First}/denied\")"));
        Verdict(layers.Denied).ShouldBe("refused");
        Verdict(layers.Neighbour).ShouldBe("allowed");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Program_of_the_lower_layer_is_that_file_beneath_and_in_another_overlay(string kind)
    {
        using var layers = await LayersAsync(kind);
        // A rule by one overlay's path, by the layer's own, and by the other overlay's.
        foreach (var named in new[] { layers.Denied, $"{layers.Lower}/denied", $"{layers.Second}/denied" })
        {
            await agent.ApplyAsync(GuestAgent.Deny("file", $"image.file == \"{named}\""));
            Verdict($"{layers.Lower}/denied").ShouldBe("refused", $"beneath; the rule names {named}");
            Verdict(layers.Denied).ShouldBe("refused", $"in the overlay; the rule names {named}");
            Verdict($"{layers.Second}/denied").ShouldBe("refused", $"in a second overlay; the rule names {named}");
            Verdict(layers.Neighbour).ShouldBe("allowed");
            Verdict($"{layers.Second}/neighbour").ShouldBe("allowed");
        }
        // A name is the one that is used: a prefix of the first overlay says nothing of the second.
        await agent.ApplyAsync(GuestAgent.Deny("prefix", $"image.path.startsWith(\"{layers.First}/denied\")"));
        Verdict(layers.Denied).ShouldBe("refused");
        Verdict($"{layers.Second}/denied").ShouldBe("allowed");
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Process_of_a_program_of_the_lower_layer_is_known_as_subject_and_as_target(string kind)
    {
        using var layers = await LayersAsync(kind);
        using var victim = Companion.Victim($"{layers.First}/victim");
        using var other = Companion.Victim($"{layers.First}/other-victim");
        using var contained = Companion.Victim($"{layers.Second}/victim");
        var subject = $"{layers.First}/subject";
        Answer.Of(subject, "plain", $"{victim.Pid}").Granted.ShouldBeTrue("works without a rule");

        foreach (var test in new[] { $"target.file == \"{layers.First}/victim\"", $"target.executable == \"{layers.First}/victim\"" })
        {
            await agent.ApplyAsync(Rules.Deny("closed", "process.open", $"{test} && open.right == \"signal\""));
            Answer.Of(subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue(test);
            Answer.Of(subject, "plain", $"{contained.Pid}").Refused.ShouldBeTrue($"the same file by a second overlay: {test}");
            Answer.Of(subject, "plain", $"{other.Pid}").Granted.ShouldBeTrue($"another program: {test}");
        }
        foreach (var test in new[] { $"process.file == \"{subject}\"", $"process.executable.startsWith(\"{subject}\")" })
        {
            await agent.ApplyAsync(Rules.Deny("no-reach", "process.open", test));
            Answer.Of(subject, "plain", $"{victim.Pid}").Refused.ShouldBeTrue(test);
            Answer.Of($"{layers.First}/other-subject", "plain", $"{victim.Pid}").Granted.ShouldBeTrue($"another program: {test}");
        }
        await agent.EnsureAsync(Rules.Neutral);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Write_that_copies_a_program_up_changes_its_content_and_not_that_of_the_layer(string kind)
    {
        using var layers = await LayersAsync(kind);
        await agent.ApplyAsync(GuestAgent.Deny("content", $"image.sha256 == \"{Volume.Sha256Of(layers.Denied)}\""));
        Verdict(layers.Denied).ShouldBe("refused");
        Verdict($"{layers.Second}/denied").ShouldBe("refused");
        Verdict(layers.Neighbour).ShouldBe("allowed", "other content");

        // All labels are warm. The first write makes the file of the upper layer.
        InGuest.Prepare($"echo -n x >> {layers.Denied}");
        File.Exists($"{layers.Upper}/denied").ShouldBeTrue("it has been copied up");
        for (var round = 0; round < 2; round++)
        {
            Verdict(layers.Denied).ShouldBe("allowed", $"changed content, round {round}");
            Verdict($"{layers.Lower}/denied").ShouldBe("refused", $"the layer's content is what it was, round {round}");
            Verdict($"{layers.Second}/denied").ShouldBe("refused", $"and so is the other overlay's, round {round}");
            InGuest.Prepare($"truncate -s -1 {layers.Denied}");
            Verdict(layers.Denied).ShouldBe("refused", $"content as before, round {round}");
            // Past the overlay, by the upper layer: the file is the same, and nothing of the overlay is opened.
            InGuest.Prepare($"echo -n x >> {layers.Upper}/denied");
        }
        await agent.EnsureAsync(Rules.Neutral);
        Verdict(layers.Denied).ShouldBe("allowed", "works again");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Copied_up_program_is_refused_by_its_path_as_before(string kind)
    {
        using var layers = await LayersAsync(kind);
        await agent.ApplyAsync(GuestAgent.Deny("path", $"image.path == \"{layers.Denied}\""));
        Verdict(layers.Denied).ShouldBe("refused");
        InGuest.Prepare($"chmod 711 {layers.Denied}");
        File.Exists($"{layers.Upper}/denied").ShouldBeTrue("it has been copied up");
        Verdict(layers.Denied).ShouldBe("refused", "after a change of its mode");
        InGuest.Prepare("sync; echo 3 > /proc/sys/vm/drop_caches");
        Verdict(layers.Denied).ShouldBe("refused", "after eviction");
        Verdict(layers.Neighbour).ShouldBe("allowed");
        await agent.EnsureAsync(Rules.Neutral);
    }

    /// <summary>Two overlays over one layer; tried without a rule.</summary>
    private async Task<Layers> LayersAsync(string kind)
    {
        var layers = new Layers(kind);
        await agent.EnsureAsync(Rules.Neutral);
        foreach (var path in new[] { layers.Denied, layers.Neighbour, $"{layers.Second}/denied", $"{layers.Lower}/denied" })
            Verdict(path).ShouldBe("allowed", "works without a rule");
        return layers;
    }

    /// <summary>By exec and by mapping, both cold and remembered.</summary>
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

    private sealed class Layers : IDisposable
    {
        private readonly Volume _volume;

        internal Layers(string kind)
        {
            _volume = Volume.Create(kind);
            Lower = Path.Combine(_volume.Folder, "lower");
            // Upper layers on tmpfs: what a container writes need not lie where its image does.
            Work = Directory.CreateTempSubdirectory("gatehouse-layers-").FullName;
            InGuest.Prepare($"mkdir {Lower}");
            foreach (var (source, name) in new[]
            {
                ("payload-static", "denied"), ("payload-static", "neighbour"), ("victim", "victim"), ("victim", "other-victim"),
                ("subject", "subject"), ("subject", "other-subject"),
            })
                _volume.Add(InGuest.Attack(source), $"lower/{name}");
            File.AppendAllText($"{Lower}/neighbour", "content of its own");
            foreach (var name in new[] { "first", "second" })
            {
                InGuest.Prepare($"""
                    set -e
                    mkdir {Work}/{name} {Work}/{name}-upper {Work}/{name}-work
                    mount -t overlay overlay -o lowerdir={Lower},upperdir={Work}/{name}-upper,workdir={Work}/{name}-work {Work}/{name}
                    """);
            }
        }

        internal string Lower { get; }

        internal string First => Path.Combine(Work, "first");

        internal string Upper => Path.Combine(Work, "first-upper");

        internal string Second => Path.Combine(Work, "second");

        internal string Denied => Path.Combine(First, "denied");

        internal string Neighbour => Path.Combine(First, "neighbour");

        private string Work { get; }

        public void Dispose()
        {
            InGuest.Shell($"umount -l {First} {Second}; rm -rf {Work}");
            _volume.Dispose();
        }
    }
}
