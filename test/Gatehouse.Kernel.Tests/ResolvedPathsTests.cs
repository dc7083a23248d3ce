using Gatehouse.Kernel.Loading;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>How the kernel will spell what a policy spells through symbolic links.</summary>
public sealed class ResolvedPathsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("gh-").FullName;

    public ResolvedPathsTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "usr", "bin"));
        File.WriteAllText(Path.Combine(_root, "usr", "bin", "real"), "");
        File.CreateSymbolicLink(Path.Combine(_root, "bin"), Path.Combine(_root, "usr", "bin"));
        File.CreateSymbolicLink(Path.Combine(_root, "usr", "bin", "link"), "real");
    }

    private IReadOnlyDictionary<string, string> Resolve(params string[] paths) =>
        ResolvedPaths.Of(paths.Select(p => Path.Combine(_root, p)));

    [Theory]
    [InlineData("bin/real", "usr/bin/real")]
    [InlineData("bin/link", "usr/bin/real")]
    [InlineData("bin", "usr/bin")]
    [InlineData("bin/not/there", "usr/bin/not/there")]
    public void Links_are_followed_as_far_as_there_is_something(string path, string resolved) =>
        Resolve(path)[Path.Combine(_root, path)].ShouldBe(Path.Combine(_root, resolved));

    [Theory]
    [InlineData("usr/bin/real")]
    [InlineData("usr/nothing")]
    [InlineData("bin/real/below-a-file")]
    public void What_is_spelled_the_same_or_cannot_be_is_left_out(string path) => Resolve(path).ShouldBeEmpty();

    [Fact]
    public void The_root_is_itself() => ResolvedPaths.Of(["/"]).ShouldBeEmpty();

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
