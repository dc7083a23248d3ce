using System.Globalization;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Syntax;

/// <summary>
/// The time that the largest policies take grows with their size, not with its square. The bound is several times what a
/// slow machine needs; anything quadratic takes minutes.
/// </summary>
[Collection(Alone.Name)]
public sealed class ParseSpeedTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    [Fact]
    public void The_most_rules_with_one_path_each_parse_soon() =>
        Measure(i => $"image.path == '/usr/bin/program-{i}'");

    [Fact]
    public void The_most_rules_with_one_pattern_each_parse_soon() =>
        Measure(i => $"image.path.startsWith('/opt/vendor-{i}/') && process.uid != {i}");

    [Fact]
    public void The_most_rules_that_share_a_value_parse_soon() =>
        Measure(i => $"image.path == '/usr/bin/shared' && process.uid == {i} || image.path == '/usr/bin/{i}'");

    [Fact]
    public void The_most_rules_that_use_one_large_set_parse_soon() =>
        Measure(
            i => $"image.path in large && process.uid == {i}",
            "sets:\n  large: [" + string.Join(", ", Enumerable.Range(0, 10_000).Select(i => $"/usr/lib/{i}")) + "]\n");

    [Fact]
    public void The_most_rules_with_an_error_each_are_answered_soon()
    {
        var result = Time(File("p", [.. Rules(i => $"image.pth == 'x' && process.capabilitie == {i} && 'CAP_X{i}' in process.capabilities")]));

        result.Document.ShouldBeNull();
    }

    private static void Measure(Func<int, string> when, string head = "") =>
        Time(FileWith("p", head, [.. Rules(when)])).Document.ShouldNotBeNull().Rules.Length.ShouldBe(PolicyLimits.MaxRulesPerPolicy);

    private static PolicyParseResult Time(string text)
    {
        Parse(text);
        var source = Source(text);
        var clock = CpuClock.StartNew();
        var result = ParseOnly(source);
        var elapsed = clock.Elapsed;
        TestContext.Current.TestOutputHelper?.WriteLine(elapsed.ToString("c", CultureInfo.InvariantCulture));
        elapsed.ShouldBeLessThan(Soon);
        return result;
    }

    private static IEnumerable<string> Rules(Func<int, string> when) =>
        Enumerable.Range(0, PolicyLimits.MaxRulesPerPolicy).Select(i => Rule($"r{i}", "deny", when(i)));
}
