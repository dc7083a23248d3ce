using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>The table of images names tests that there are, and the ways that the attack programs try: all of them, and no others.</summary>
public sealed partial class ImageMatrixTests
{
    private const string Tests = "test/Gatehouse.KernelTests";
    private static readonly string s_page = Repository.Read("docs/reference/image-matrix.md");

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var named = NamedTest().Matches(s_page).Select(static m => (Class: m.Groups["class"].Value, Method: m.Groups["name"].Value)).ToList();
        named.ShouldNotBeEmpty();
        named.Where(static t => !Repository.Read($"{Tests}/{t.Class}.cs").Contains($" {t.Method}(", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_test_of_the_matrix_is_named() => Repository.Files(Tests, ".cs")
        .Where(static f => Path.GetFileName(f).StartsWith("Image", StringComparison.Ordinal) && f.EndsWith("Tests.cs", StringComparison.Ordinal)
            && !f.EndsWith("/ImageLoadTests.cs", StringComparison.Ordinal))
        .SelectMany(static f => TestMethod().Matches(Repository.Read(f)).Select(m => $"{Path.GetFileNameWithoutExtension(f)}.{m.Groups["name"].Value}"))
        .Where(static t => !s_page.Contains($"`{t}`", StringComparison.Ordinal))
        .ShouldBeEmpty();

    [Fact]
    public void Every_way_is_named_and_every_name_is_a_way()
    {
        var tried = Repository.Files($"{Tests}/attacks", ".c")
            .Where(static f => Path.GetFileName(f).StartsWith("image_", StringComparison.Ordinal))
            .SelectMany(static f => Way().Matches(Repository.Read(f)).Select(static m => m.Groups["name"].Value))
            .Append("finit-module-compressed")
            .ToHashSet(StringComparer.Ordinal);
        tried.Count.ShouldBeGreaterThan(70);
        var cells = s_page.Split('\n').Where(static l => l.StartsWith('|')).SelectMany(static l => NamedWay().Matches(l).Select(static m => m.Groups["name"].Value));
        cells.ToHashSet(StringComparer.Ordinal).ShouldBe(tried, ignoreOrder: true);
    }

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<name>\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"public async Task (?<name>\w+)\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TestMethod();

    [GeneratedRegex(@"\{""(?<name>[a-z-]+)"",\s*(by|change)_\w+[,}]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Way();

    /// <summary>Lower case, and no text with a space, a dot or a capital: fields, commands and tests are not ways.</summary>
    [GeneratedRegex(@"`(?<name>[a-z][a-z-]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedWay();
}
