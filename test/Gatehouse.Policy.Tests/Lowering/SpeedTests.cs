using System.Globalization;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>
/// 10,000 rules compile in about a second: from the bytes of a file to the image, everything between included. What is measured is
/// processor time of the whole process, compiled by the just-in-time compiler before, the best of <see cref="Runs"/>: whatever else the
/// machine does makes a run slower, never faster. The garbage collector is set up as in the programs. The times are printed; docs/reference/policy-language.md quotes them.
/// </summary>
[Collection(Alone.Name)]
public sealed class SpeedTests(ITestOutputHelper output)
{
    private const int RuleCount = PolicyLimits.MaxRulesPerPolicy;
    private const int Runs = 7;

    /// <summary>A second, and what processors of the same kind differ by from one hour to the next.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1.5);

    [Fact]
    public void Ten_thousand_rules_of_a_path_each_compile_in_about_a_second() =>
        Measure(File(i => $"image.path == '/usr/bin/tool-{i}'"));

    [Fact]
    public void Ten_thousand_rules_of_mixed_patterns_compile_in_about_a_second() =>
        Measure(File([.. AutomatonTests.MixedRules(RuleCount).Select(r => CanonicalCondition.Of(r.When).Replace('"', '\''))]));

    [Fact]
    public void Ten_thousand_rules_over_all_kinds_of_facts_compile_in_about_a_second() =>
        Measure(File(MixedCondition));

    [Fact]
    public void Ten_thousand_alternatives_of_one_rule_are_one_row_and_compile_in_about_a_second() =>
        Measure(TestPolicy.File("p", TestPolicy.Rule("r", "deny", string.Join(" || ", Enumerable.Range(0, RuleCount).Select(i =>
            Invariant($"image.path == '/usr/bin/tool-{i}'"))))))
            .Policies[0].RowCount.ShouldBe(1);

    private PolicyImage Measure(string text)
    {
        // What the first run finds to compile is also what the schema accepts.
        TestPolicy.Document(text);
        var source = TestPolicy.Source(text);
        PolicyImage? image = null;
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            // The garbage of the run before is not this one's.
            GC.Collect();
            var clock = CpuClock.StartNew();
            image = PolicyCompiler.Compile([TestPolicy.ParseOnly(source).Document.ShouldNotBeNull()]).Image.ShouldNotBeNull();
            var time = clock.Elapsed;
            best = time < best ? time : best;
        }

        output.WriteLine(Invariant(
            $"best of {Runs}: {best.TotalMilliseconds:0} ms; {text.Length} characters, {image!.ValueCount} vectors, ")
            + Invariant($"{image.Cells.Length * 8L} bytes; {image.Automaton.ByteCount} bytes of automaton"));
        best.ShouldBeLessThan(s_limit);
        return image;
    }

    private static string File(Func<int, string> when) => File([.. Enumerable.Range(0, RuleCount).Select(when)]);

    private static string File(string[] conditions) =>
        TestPolicy.File("p", [.. conditions.Select((when, i) => TestPolicy.Rule(Invariant($"r{i}"), "deny", when))]);

    private static string MixedCondition(int i)
    {
        var path = Invariant($"image.path == '/opt/{i % 50}/tool-{i}'");
        return (i % 5) switch
        {
            0 => Invariant($"{path} && process.uid >= {i % 1000} && process.uid <= 2000"),
            1 => Invariant($"image.sha256 == '{i:x64}'"),
            2 => $"{path} && image.setuid && process.file != '/usr/bin/agent'",
            3 => Invariant($"image.path.startsWith('/srv/{i}/') && image.size <= {i}"),
            _ => Invariant($"{path} && ancestor(process.file == '/usr/sbin/{i % 60}')"),
        };
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
