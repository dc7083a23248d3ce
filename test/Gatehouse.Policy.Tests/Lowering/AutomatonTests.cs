using System.Globalization;
using System.Text;
using Gatehouse.Policy.Tests.Evaluation;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>The packed table of the three machines, against a matcher that knows nothing of it.</summary>
public sealed class AutomatonTests(ITestOutputHelper output)
{
    private static readonly string[] s_letters = ["a", "b", "/", "é", "中", "😀", "."];

    [Fact]
    public void Each_pattern_accepts_exactly_the_texts_that_fit_it()
    {
        var seed = Seeds.First();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        var random = new Random(seed);
        var fitting = 0;
        for (var round = 0; round < 400; round++)
        {
            var tests = Enumerable.Range(0, random.Next(1, 12)).Select(_ => RandomTest(random)).ToArray();
            var image = Compile(Document("p", [.. tests.Select((t, i) =>
                Rule($"r{i}", RuleAction.Audit, Test("image.path", t), RuleOperations.ProcessExec))]));
            for (var i = 0; i < 40; i++)
            {
                var text = "/" + RandomText(random, 8);
                var rows = Rows(image, text);
                var expected = tests.Select(t => Fits(t, text)).ToArray();
                rows[..tests.Length].ShouldBe(expected, $"seed {seed}: \"{text}\" of {string.Join(' ', tests.Select(Describe))}");
                fitting += expected.Count(fits => fits);
            }
        }

        fitting.ShouldBeGreaterThan(2_000);
    }

    [Fact]
    public void Globs_read_bytes_that_are_no_utf8_as_the_matcher_does()
    {
        var seed = Seeds.First();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        var random = new Random(seed);
        byte[] some = [(byte)'a', (byte)'/', 0xc3, 0xa9, 0xe4, 0xb8, 0xad, 0xff];
        for (var round = 0; round < 400; round++)
        {
            var globs = Enumerable.Range(0, random.Next(1, 5)).Select(_ => RandomGlob(random)).ToArray();
            var image = Compile(Document("p", [.. globs.Select((g, i) =>
                Rule($"r{i}", RuleAction.Audit, Matches("image.path", g), RuleOperations.ProcessExec))]));
            var table = image.Tables.Single();
            for (var i = 0; i < 40; i++)
            {
                var text = Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.Pick(some)).ToArray();
                var rows = image.Vector(table.Values[image.Automaton.Classify(text).Glob])[0];
                for (var g = 0; g < globs.Length; g++)
                {
                    ((rows >> g & 1) != 0).ShouldBe(
                        PatternMatcher.Fits(PatternKind.Glob, globs[g], text), $"seed {seed}: {Convert.ToHexString(text)} of {globs[g]}");
                }
            }
        }
    }

    [Fact]
    public void A_character_is_a_byte_with_the_continuation_bytes_that_follow_it()
    {
        var image = Compile(Document(
            "p",
            Rule("star", RuleAction.Audit, Matches("image.path", "/a*b"), RuleOperations.ProcessExec),
            Rule("one", RuleAction.Audit, Matches("image.path", "/a?b"), RuleOperations.ProcessExec),
            Rule("three", RuleAction.Audit, Matches("image.path", "/a???b"), RuleOperations.ProcessExec)));

        int Glob(params byte[] middle) => image.Automaton.Classify([(byte)'/', (byte)'a', .. middle, (byte)'b']).Glob;

        var star = Glob([]);
        star.ShouldNotBe(0);
        Glob((byte)'x').ShouldBe(Glob(0xc3, 0xa9));
        Glob((byte)'x').ShouldBe(Glob(0xe4, 0xb8, 0xad));
        Glob((byte)'x').ShouldBe(Glob(0xf0, 0x9f, 0x98, 0x80));
        Glob((byte)'x').ShouldNotBe(star);

        // What is cut off, or follows plain text, is a character too; what goes on with one never begins another.
        Glob(0xc3).ShouldBe(Glob((byte)'x'));
        Glob(0xa9).ShouldBe(Glob((byte)'x'));
        Glob(0xff, (byte)'x', 0xc3, 0x80, 0x80).ShouldBe(Glob((byte)'x', (byte)'y', (byte)'z'));
        Glob(0xff, 0x80, 0x80).ShouldBe(Glob((byte)'x'));
    }

    [Fact]
    public void Entries_keep_what_a_reader_relies_on()
    {
        var random = new Random(5);
        var image = Compile(Document("p", [.. Enumerable.Range(0, 60).Select(i =>
            Rule($"r{i}", RuleAction.Audit, Test("image.path", RandomTest(random)), RuleOperations.ProcessExec))]));

        var states = image.Automaton.States;
        states[0].ShouldBe(new AutomatonState(uint.MaxValue, 0, 0, 0));
        foreach (var state in states)
        {
            // No reader has to compare with the length, and nothing is led to by base 0.
            ((long)state.Base + byte.MaxValue).ShouldBeLessThan(states.Length);
            state.Otherwise.ShouldBeLessThan((uint)states.Length);
            state.Check.ShouldNotBe(0u);
        }

        // States that share a base are copies of one state.
        foreach (var copies in states.Where(s => s.Base != 0).GroupBy(s => s.Base))
        {
            copies.Select(s => (s.Otherwise, s.Accept)).Distinct().Count().ShouldBe(1);
        }
    }

    [Fact]
    public void Five_thousand_mixed_patterns_stay_below_three_mebibytes()
    {
        var image = Compile(Document("p", [.. MixedRules(5_000)]));

        var automaton = image.Automaton;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{automaton.States.Length} entries, {automaton.ByteCount} bytes; states: forward {automaton.ForwardStateCount}, "
            + $"backward {automaton.BackwardStateCount}, glob {automaton.GlobStateCount}"));
        automaton.ByteCount.ShouldBeLessThan(3 * 1024 * 1024);
        automaton.ForwardStateCount.ShouldBeGreaterThan(2_500);
        automaton.BackwardStateCount.ShouldBeGreaterThan(1_250);
        automaton.GlobStateCount.ShouldBeGreaterThan(1_250);
    }

    /// <summary>Rules with a pattern each: a quarter exact paths, prefixes, suffixes and globs, as software names its files.</summary>
    internal static IEnumerable<PolicyRule> MixedRules(int count)
    {
        var random = new Random(1);
        string[] folders = ["/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/opt/vendor", "/srv/app", "/home/user", "/var/lib"];
        for (var i = 0; i < count; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Word(random)}-{Word(random)}{i}");
            var folder = random.Pick(folders);
            var when = (i % 4) switch
            {
                0 => OneOf("image.path", $"{folder}/{name}"),
                1 => StartsWith("image.path", $"{folder}/{name}/"),
                2 => EndsWith("image.path", $"/{name}.so"),
                _ => Matches("image.path", $"{folder}/*/{name}/{Word(random)}?.*"),
            };
            yield return Rule(string.Create(CultureInfo.InvariantCulture, $"r{i}"), RuleAction.Deny, when);
        }
    }

    private static string Word(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(4, 9)).Select(_ => (char)('a' + random.Next(26))));

    private static bool[] Rows(PolicyImage image, string text)
    {
        var facts = FactClasses.Of(image, Exec(text));
        var rows = PlanRunner.Run(image, image.Operations[GateOperation.ProcessExec], facts);
        return [.. Enumerable.Range(0, 64).Select(bit => (rows[0] >> bit & 1) != 0)];
    }

    private static FieldTest RandomTest(Random random) => random.Next(4) switch
    {
        0 => new ValueTest(ValueSet.Of(["/" + RandomText(random, 6)])),
        1 => new PatternTest(PatternKind.Prefix, "/" + RandomText(random, 4)),
        2 => new PatternTest(PatternKind.Suffix, RandomText(random, 3)),
        _ => new PatternTest(PatternKind.Glob, RandomGlob(random)),
    };

    private static string RandomText(Random random, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => random.Pick(s_letters)));

    private static string RandomGlob(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
        random.Pick<string>(["?", "*", "**", "\\*", "\\a", random.Pick(s_letters), random.Pick(s_letters)])));

    private static bool Fits(FieldTest test, string text) => test switch
    {
        PatternTest pattern => PatternMatcher.Fits(pattern.Kind, pattern.Text, Encoding.UTF8.GetBytes(text)),
        _ => ((ValueTest)test).Values.Contains(text),
    };

    private static string Describe(FieldTest test) => test is PatternTest pattern
        ? $"{pattern.Kind}:{pattern.Text}"
        : ((ValueTest)test).Values.Items[0];
}
