using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>What Gatehouse costs is counted against an empty program on each hook that it uses, of the same kind.</summary>
public sealed partial class FloorTests
{
    [Fact]
    public void The_floor_of_the_bench_has_a_program_on_each_hook()
    {
        // An iterator runs when somebody reads it, and the second is there in place of taskstats_exit where a kernel has none.
        var used = Repository.Files("bpf/hooks", ".c").SelectMany(Sections).Distinct(StringComparer.Ordinal)
            .Where(static s => !s.StartsWith("iter/", StringComparison.Ordinal) && s is not "tp_btf/sched_process_exit").Order(StringComparer.Ordinal);
        var floor = File.ReadAllText(Path.Combine(Repository.Root, "bench/floor.bpf.c"));

        FloorSection().Matches(floor).Select(static m => m.Groups["section"].Value).Order(StringComparer.Ordinal).ShouldBe(used);
    }

    private static IEnumerable<string> Sections(string path) =>
        Section().Matches(File.ReadAllText(Path.Combine(Repository.Root, path))).Select(static m => m.Groups["section"].Value);

    [GeneratedRegex("^SEC\\(\"(?<section>[^\"]+)\"\\)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Section();

    [GeneratedRegex("^EMPTY\\(\"(?<section>[^\"]+)\"", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex FloorSection();
}
