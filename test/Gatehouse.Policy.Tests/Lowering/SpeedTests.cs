using System.Globalization;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>
/// 10,000 rules compile in under a second of processor time; the limits here are generous, for slower machines, and the
/// times are printed.
/// </summary>
[Collection(Alone.Name)]
public sealed class SpeedTests(ITestOutputHelper output)
{
    private const int RuleCount = PolicyLimits.MaxRulesPerPolicy;

    [Fact]
    public void Ten_thousand_rules_of_a_path_each_compile_in_time() =>
        Measure([.. Enumerable.Range(0, RuleCount).Select(i =>
            Rule(Name(i), RuleAction.Deny, OneOf("image.path", string.Create(CultureInfo.InvariantCulture, $"/usr/bin/tool-{i}"))))]);

    [Fact]
    public void Ten_thousand_rules_of_mixed_patterns_compile_in_time() =>
        Measure([.. AutomatonTests.MixedRules(RuleCount)]);

    [Fact]
    public void Ten_thousand_rules_over_all_kinds_of_facts_compile_in_time() =>
        Measure([.. Enumerable.Range(0, RuleCount).Select(i => Rule(Name(i), RuleAction.Deny, MixedCondition(i)))]);

    [Fact]
    public void Ten_thousand_alternatives_of_one_rule_are_one_row_and_compile_in_time() =>
        Measure([Rule("r", RuleAction.Deny, Or([.. Enumerable.Range(0, 10_000).Select(i =>
            OneOf("image.path", string.Create(CultureInfo.InvariantCulture, $"/usr/bin/tool-{i}")))]))]).Policies[0].RowCount.ShouldBe(1);

    private PolicyImage Measure(PolicyRule[] rules)
    {
        var document = Document("p", rules);
        Compile(document);
        var clock = CpuClock.StartNew();

        var image = Compile(document);

        var time = clock.Elapsed;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{time.TotalMilliseconds:0} ms; {image.ValueCount} vectors, {image.Cells.Length * 8L} bytes; {image.Automaton.ByteCount} bytes of automaton"));
        time.ShouldBeLessThan(TimeSpan.FromSeconds(3));
        return image;
    }

    private static Condition MixedCondition(int i)
    {
        var path = OneOf("image.path", string.Create(CultureInfo.InvariantCulture, $"/opt/{i % 50}/tool-{i}"));
        return (i % 5) switch
        {
            0 => And(path, Between("process.uid", (ulong)i % 1000, 2000)),
            1 => OneOf("image.sha256", string.Create(CultureInfo.InvariantCulture, $"{i:x64}")),
            2 => And(path, Flag("image.setuid"), Not(OneOf("process.file", "/usr/bin/agent"))),
            3 => And(StartsWith("image.path", string.Create(CultureInfo.InvariantCulture, $"/srv/{i}/")), Between("image.size", 0, (ulong)i)),
            _ => And(path, Ancestor(OneOf("process.file", string.Create(CultureInfo.InvariantCulture, $"/usr/sbin/{i % 60}")))),
        };
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"r{i}");
}
