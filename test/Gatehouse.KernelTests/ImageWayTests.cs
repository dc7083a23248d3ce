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

    private static readonly string[] s_plain = ["mmap", "mprotect", "dlopen", "ld-preload"];

    /// <summary>Open for writing, or it has been mapped for that, or it is memory; the last maps an innocent file that is on no list.</summary>
    private static readonly string[] s_doubted =
    [
        "memfd", "memfd-shared", "memfd-mprotect", "mmap-open", "mmap-shared-open", "mprotect-open", "remap-file-pages", "mprotect-written",
        "private-dirty",
    ];

    /// <summary>What the files lie on.</summary>
    public static TheoryData<string> Places => ["tmpfs", "ext4", "overlay", Lower];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Every_way_of_loading_is_refused_by_content_and_by_file(string kind)
    {
        using var volume = Volume.Create("tmpfs");
        // A file of its own for each rule: who maps it to write to it makes it another kind of file on tmpfs.
        var (free, content, file) = (Add("free"), Add("content"), Add("file"));
        var neighbour = ImageKind.AddNeighbour(kind, volume.Folder);
        var image = ImageKind.Of(kind);
        await agent.EnsureAsync(Rules.Neutral);
        var before = ImageWays.Try(image.Program, free).ShouldBeGranted("works without a rule");

        await agent.ApplyAsync(GuestAgent.Deny("no-content", $"image.sha256 == \"{Volume.Sha256Of(content)}\""));
        var cursor = await agent.CursorAsync();
        ImageWays.Try(image.Program, content).ShouldBeRefused(before, kind, image.HashMisses);
        ImageWays.Try(image.Program, neighbour).ShouldBeGranted("other content");
        var decision = await agent.DecisionAsync(cursor, static d => d.Verdict == Verdict.Deny);
        decision.Rule.ShouldBe("no-content");

        await agent.ApplyAsync(GuestAgent.Deny("no-file", $"image.file == \"{file}\""));
        ImageWays.Try(image.Program, file).ShouldBeRefused(before, kind, image.FileMisses);
        ImageWays.Try(image.Program, neighbour).ShouldBeGranted("another file");

        await agent.EnsureAsync(Rules.Neutral);
        ImageWays.Try(image.Program, file).ShouldBeGranted("works again");

        string Add(string folder) => ImageKind.Add(kind, Path.Combine(volume.Folder, folder));
    }

    /// <summary>A list of what may be loaded: content that is on it, but that somebody may write to, is not loaded.</summary>
    [Fact]
    public async Task Approved_content_that_somebody_may_write_to_is_refused()
    {
        using var volume = Volume.Create("tmpfs");
        var (free, file) = (ImageKind.Add("library", $"{volume.Folder}/free"), ImageKind.Add("library", $"{volume.Folder}/listed"));
        await agent.EnsureAsync(Rules.Neutral);
        var before = ImageWays.Try("image_library", free).ShouldBeGranted("works without a rule");

        // Only what is loaded here, or what the attackers make: what .NET compiles lies in memory, too.
        await agent.ApplyAsync(
            Rules.Of("approved", "process.exec, image.load", $"image.sha256 == \"{Volume.Sha256Of(file)}\"", "allow")
            + GuestAgent.Deny("the-rest", $"image.path.startsWith(\"{volume.Folder}/\")")
            + GuestAgent.Deny("the-rest-in-memory", $"image.memfd && process.executable.startsWith(\"{InGuest.Attacks}/\")"));
        ImageWays.Try("image_library", file).ShouldBeRefused(before, "listed", before.SupportedBut(s_doubted));
        ImageWays.Try("image_library", file, s_plain).ShouldBeRefused(before.Only(s_plain), "listed, and mapped by somebody who could write to it");
        await agent.EnsureAsync(Rules.Neutral);
        ImageWays.Try("image_library", file, s_plain).ShouldBeGranted("works again");
    }

    /// <summary>All kinds and names under one policy: to load a policy takes longer than to try a file.</summary>
    [Theory, MemberData(nameof(Places))]
    public async Task Other_names_of_a_file_are_refused_by_content_and_by_file(string place)
    {
        using var volume = Volume.Create(place is Lower ? "overlay" : place);
        var files = Kinds.Select(k => (Kind: k.Data, File: Add(k.Data, volume, place))).ToList();
        await agent.EnsureAsync(Rules.Neutral);
        // Elsewhere only the names that lead by another mount: the others are entries of folders, whatever the file system.
        var aliases = place is "tmpfs" ? ImageAlias.Names : ["bind mount of the folder", "chroot"];
        var before = new Dictionary<(string Alias, string Kind), ImageWays>();
        foreach (var (alias, kind, ways) in TryAliases(aliases, files))
            before.Add((alias, kind), ways.ShouldBeGranted($"{kind} by {alias} without a rule"));

        string List(Func<string, string> text) => string.Join(", ", files.Select(f => $"\"{text(f.File)}\""));
        var wrong = new List<string>();
        foreach (var rule in new[] { $"image.sha256 in [{List(Volume.Sha256Of)}]", $"image.file in [{List(static f => f)}]" })
        {
            await agent.ApplyAsync(GuestAgent.Deny("no-image", rule));
            foreach (var (alias, kind, ways) in TryAliases(aliases, files))
                wrong.AddRange(ways.NotRefused(before[(alias, kind)]).Select(way => $"{rule[..12]}: {kind} by {alias}: {way}"));
        }
        await agent.EnsureAsync(Rules.Neutral);
        wrong.ShouldBeEmpty(place);
    }

    [Fact]
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

    private static IEnumerable<(string Alias, string Kind, ImageWays Ways)> TryAliases(
        IEnumerable<string> aliases, IReadOnlyList<(string Kind, string File)> files)
    {
        foreach (var alias in aliases)
        {
            using var names = ImageAlias.Create(
                alias, [.. files.Select(static f => f.File)], [.. files.Select(static f => ImageKind.Of(f.Kind).Program)]);
            foreach (var (kind, file) in files)
                yield return (alias, kind, names.Try(ImageKind.Of(kind).Program, file, ImageKind.Of(kind).Ways));
        }
    }
}
