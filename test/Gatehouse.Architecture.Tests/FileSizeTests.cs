using Shouldly;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>A file that asks for scrolling is divided by theme.</summary>
public sealed class FileSizeTests
{
    private const int LinesAtMost = 399;

    public static TheoryData<string> Sources => [.. Repository.Files("src", ".cs"), .. Repository.Files("bpf", ".c", ".h")];

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_source_file_has_fewer_than_400_lines(string path) =>
        File.ReadLines(Path.Combine(Repository.Root, path)).Count().ShouldBeLessThanOrEqualTo(LinesAtMost);
}
