using Shouldly;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>What a document points to is there.</summary>
public sealed class DocumentLinkTests
{
    public static TheoryData<string> Documents => [.. Repository.Files(".", ".md")];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_leads_somewhere(string path) =>
        MarkdownText.Links(Repository.Read(path)).Where(link => !Resolves(path, link)).ShouldBeEmpty();

    /// <summary>Paths in backticks are how the documents name files; they go stale as links do.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_file_that_is_named_exists(string path) =>
        MarkdownText.NamedFiles(Repository.Read(path)).Where(static f => !Repository.Has(f)).ShouldBeEmpty();

    [Fact]
    public void Links_are_found_outside_of_code() =>
        MarkdownText.Links("[a](b.md#c) `[x](y.md)`\n```\n[d](e.md)\n```\n[w](https://example.org) [m](#here)\n")
            .ShouldBe(["b.md#c", "#here"]);

    [Fact]
    public void Files_are_found_in_backticks() =>
        MarkdownText.NamedFiles("`src/A/B.cs` `src/**` `bpf/abi/` `src/X/<name>.cs` `other/x` `make vm` `docs/a.md:12`")
            .ShouldBe(["src/A/B.cs", "bpf/abi/", "docs/a.md"]);

    [Theory]
    [InlineData("## Files and *names*", "files-and-names")]
    [InlineData("### `gatehoused`, the agent", "gatehoused-the-agent")]
    public void A_heading_has_the_anchor_that_renderers_give_it(string heading, string anchor) =>
        MarkdownText.Anchors(heading).ShouldBe([anchor]);

    private static bool Resolves(string from, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0 ? from : Path.Combine(Path.GetDirectoryName(from)!, parts[0]);
        var full = Path.GetFullPath(Path.Combine(Repository.Root, target));
        return full.StartsWith(Repository.Root, StringComparison.Ordinal)
            && Path.Exists(full)
            && (parts.Length == 1 || MarkdownText.Anchors(File.ReadAllText(full)).Contains(parts[1], StringComparer.Ordinal));
    }
}
