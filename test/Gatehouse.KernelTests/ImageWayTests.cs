using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// The matrix of images, the kinds that are loaded from files: every way, by content and by file; then a few ways by every other name
/// of the file. `docs/reference/image-matrix.md` is its table.
/// </summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class ImageWayTests(QuietAgent agent)
{
    private const string Lower = "lower layer";

    public static TheoryData<string> Kinds => ["executable", "library", "module"];

    /// <summary>What the files lie on.</summary>
    public static TheoryData<string> Places => ["tmpfs", "ext4", "overlay", Lower];

    [Theory(Explicit = true), MemberData(nameof(Kinds))]
    public async Task Every_way_of_loading_is_refused_by_content_and_by_file(string kind)
    {
        using var volume = Volume.Create("tmpfs");
        var (file, neighbour) = (ImageKind.Add(kind, volume.Folder), ImageKind.AddNeighbour(kind, volume.Folder));
        var image = ImageKind.Of(kind);
        await agent.EnsureAsync(Rules.Neutral);
        var before = ImageWays.Try(image.Program, file).ShouldBeGranted("works without a rule");

        await agent.ApplyAsync(GuestAgent.Deny("no-content", $"image.sha256 == \"{Volume.Sha256Of(file)}\""));
        var cursor = await agent.CursorAsync();
        ImageWays.Try(image.Program, file).ShouldBeRefused(before, kind, image.HashMisses);
        ImageWays.Try(image.Program, neighbour).ShouldBeGranted("other content");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Rule.ShouldBe("no-content");

        await agent.ApplyAsync(GuestAgent.Deny("no-file", $"image.file == \"{file}\""));
        ImageWays.Try(image.Program, file).ShouldBeRefused(before, kind, image.FileMisses);
        ImageWays.Try(image.Program, neighbour).ShouldBeGranted("another file");

        await agent.EnsureAsync(Rules.Neutral);
        ImageWays.Try(image.Program, file).ShouldBeGranted("works again");
    }

    /// <summary>All kinds and names under one policy: to load a policy takes longer than to try a file.</summary>
    [Theory(Explicit = true), MemberData(nameof(Places))]
    public async Task Other_names_of_a_file_are_refused_by_content_and_by_file(string place)
    {
        using var volume = Volume.Create(place is Lower ? "overlay" : place);
        var files = Kinds.Select(k => (Kind: k.Data, File: Add(k.Data, volume, place))).ToList();
        await agent.EnsureAsync(Rules.Neutral);
        var before = new List<(string Kind, string File, string Alias, ImageWays Granted)>();
        foreach (var (kind, file) in files)
        {
            // Elsewhere only the names that lead by another mount: the others are entries of folders, whatever the file system.
            foreach (var alias in place is "tmpfs" ? ImageAlias.Names : ["bind mount of the folder", "chroot"])
                before.Add((kind, file, alias, TryAlias(alias, kind, file).ShouldBeGranted($"{kind} by {alias} without a rule")));
        }

        string List(Func<string, string> text) => string.Join(", ", files.Select(f => $"\"{text(f.File)}\""));
        var wrong = new List<string>();
        foreach (var rule in new[] { $"image.sha256 in [{List(Volume.Sha256Of)}]", $"image.file in [{List(static f => f)}]" })
        {
            await agent.ApplyAsync(GuestAgent.Deny("no-image", rule));
            foreach (var (kind, file, alias, granted) in before)
            {
                wrong.AddRange(TryAlias(alias, kind, file).NotRefused(granted)
                    .Select(way => $"{rule[..12]}: {kind} by {alias}: {way}"));
            }
        }
        await agent.EnsureAsync(Rules.Neutral);
        wrong.ShouldBeEmpty(place);
    }

    [Fact(Explicit = true)]
    public async Task Copy_is_the_same_content_and_another_file()
    {
        using var volume = Volume.Create("tmpfs");
        var copies = Directory.CreateDirectory($"{volume.Folder}/copies").FullName;
        var files = Kinds.Select(k => (Kind: k.Data, File: ImageKind.Add(k.Data, volume.Folder), Copy: ImageKind.Add(k.Data, copies))).ToList();
        await agent.ApplyAsync(GuestAgent.Deny("no-file", $"image.file in [{string.Join(", ", files.Select(static f => $"\"{f.File}\""))}]"));
        var before = files.ConvertAll(static f => TryFew(f.Kind, f.Copy).ShouldBeGranted($"a copy of the {f.Kind} is another file"));
        await agent.ApplyAsync(
            GuestAgent.Deny("no-content", $"image.sha256 in [{string.Join(", ", files.Select(static f => $"\"{Volume.Sha256Of(f.File)}\""))}]"));
        for (var i = 0; i < files.Count; i++)
            TryFew(files[i].Kind, files[i].Copy).ShouldBeRefused(before[i], files[i].Kind);
        await agent.EnsureAsync(Rules.Neutral);
    }

    /// <summary>A file of the kind as it is seen in the volume.</summary>
    private static string Add(string kind, Volume volume, string place)
    {
        // What appears in a lower layer before anybody has looked for it there is seen.
        var folder = place is Lower ? Path.GetFullPath(Path.Combine(volume.Folder, "..", "lower")) : volume.Folder;
        return Path.Combine(volume.Folder, Path.GetFileName(ImageKind.Add(kind, folder)));
    }

    private static ImageWays TryFew(string kind, string file) => ImageWays.Try(ImageKind.Of(kind).Program, file, ImageKind.Of(kind).Ways);

    private static ImageWays TryAlias(string alias, string kind, string file)
    {
        using var name = ImageAlias.Create(alias, file, ImageKind.Of(kind).Program);
        return name.Try(ImageKind.Of(kind).Program, ImageKind.Of(kind).Ways);
    }
}
