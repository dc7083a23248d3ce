using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>
/// Time comes from a TimeProvider, so that tests can move it and root's setting of the clock is met in one place. Stopwatch
/// is free: it is monotonic and only measures.
/// </summary>
public sealed partial class WallClockTests
{
    // Where the system's clock enters, one place a program; docs/architecture.md says so.
    private static readonly string[] s_entrances =
        ["src/Gatehouse.Agent/Composition/AgentEnvironment.cs", "src/Gatehouse.Cli/Composition/CliEnvironment.cs"];

    public static TheoryData<string> Sources =>
        [.. Repository.Files("src", ".cs").Where(static f => !s_entrances.Contains(f, StringComparer.Ordinal))];

    [Theory]
    [MemberData(nameof(Sources))]
    public void No_source_reads_the_wall_clock_itself(string path) => ClocksIn(Repository.Read(path)).ShouldBeEmpty();

    [Fact]
    public void The_entrances_are_where_the_page_says()
    {
        foreach (var entrance in s_entrances)
        {
            ClocksIn(Repository.Read(entrance)).ShouldBe(["TimeProvider.System"]);
            Repository.Read(ArchitecturePage.File).ShouldContain(entrance);
        }
    }

    [Theory]
    [InlineData("var now = DateTime.UtcNow;", 1)]
    [InlineData("var now = System.DateTimeOffset.Now;", 1)]
    [InlineData("var day = DateTime.Today;", 1)]
    [InlineData("var t = Environment.TickCount64;", 1)]
    [InlineData("TimeProvider.System.GetUtcNow()", 1)]
    [InlineData("var now = time.GetUtcNow(); // not DateTime.UtcNow", 0)]
    [InlineData("var start = Stopwatch.GetTimestamp();", 0)]
    public void A_clock_is_found_whatever_its_form(string source, int count) => ClocksIn(source).Count.ShouldBe(count);

    private static List<string> ClocksIn(string source) =>
        [.. Clock().Matches(CSharpText.WithoutComments(source)).Select(static m => m.Value)];

    [GeneratedRegex(@"\bDateTime(?:Offset)?\.(?:UtcNow|Now|Today)\b|\bEnvironment\.TickCount(?:64)?\b|\bTimeProvider\.System\b", RegexOptions.None, 5000)]
    private static partial Regex Clock();
}
