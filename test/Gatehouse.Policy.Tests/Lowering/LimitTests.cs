using System.Globalization;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>
/// Each limit of an image: the last thing that is possible, and the first that is not, with numbers and place.
/// </summary>
[Collection(Alone.Name)]
public sealed class LimitTests(ITestOutputHelper output)
{
    private const RuleOperations Exec = RuleOperations.ProcessExec;

    [Fact]
    public void Sixteen_policies_are_possible_and_one_more_is_not()
    {
        var documents = Enumerable.Range(0, PolicyLimits.MaxPolicies + 1).Select(i => Document(Name('p', i), Paths(i, 1))).ToArray();

        Compile(documents[1..]).Policies.Count.ShouldBe(PolicyLimits.MaxPolicies);
        Refused("GH1023", documents).Message.ShouldContain("17");
    }

    [Fact]
    public void Two_policies_with_one_name_are_refused_and_both_are_named() =>
        Refused("GH1024", Document("same", Paths(0, 1)), Document("other", Paths(1, 1)), Document("same", Paths(2, 1)))
            .Message.ShouldContain("same.yaml");

    [Fact]
    public void As_many_rules_and_rows_as_fit_are_possible_and_one_more_is_not()
    {
        var most = Document("a", Paths(0, 10_000));
        PolicyDocument Rest(int count) => Document("b", Paths(10_000, count));

        // The first policy is filled up to 10,048 rows.
        Compile(most, Rest(PolicyLimits.MaxRows - 10_048)).Rows.Count.ShouldBe(PolicyLimits.MaxRows);
        var tooMany = Refused("GH3005", most, Rest(PolicyLimits.MaxRows - 10_048 + 1));
        tooMany.Message.ShouldContain("16448");
        tooMany.Message.ShouldContain("\"r16336\"");
        Refused("GH4601", most, Rest(PolicyLimits.MaxRules - 10_000 + 1)).Message.ShouldContain("16384");
    }

    [Fact]
    public void All_vectors_that_fit_are_possible_and_more_are_not()
    {
        // A path for each subset of 17 rules: as many vectors, but for those that there are anyway.
        PolicyDocument Subsets(int count) => Document("p", [.. Enumerable.Range(0, 17).Select(bit => Rule(
            Name('r', bit),
            RuleAction.Audit,
            OneOf("image.path", [.. Enumerable.Range(1, count).Where(i => (i >> bit & 1) != 0).Select(i => Name('/', i))]),
            Exec))]);

        Compile(Subsets(PolicyLimits.MaxValues - 1)).ValueCount.ShouldBe(PolicyLimits.MaxValues);
        Refused("GH3006", Subsets(PolicyLimits.MaxValues)).Message.ShouldContain("65536");
    }

    [Fact]
    public void Vectors_beyond_their_memory_are_refused()
    {
        var documents = Enumerable.Range(0, 2).Select(d => Document(Name('p', d), [.. Enumerable.Range(d * 8_000, 8_000).Select(i => Rule(
            Name('r', i),
            RuleAction.Audit,
            And(
                OneOf("image.path", Name('/', i)),
                Between("image.size", (ulong)i, (ulong)i + 1),
                OneOf("image.sha256", Hash(i), Hash(i + 2))),
            Exec))])).ToArray();

        // A path belongs to one row, a size and a hash to two each, which are never the same two.
        Compile(documents[0]).Cells.Length.ShouldBeGreaterThan(2_990_000);
        Refused("GH4604", documents).Message.ShouldContain("67108864");
    }

    [Theory]
    [InlineData("ancestor")]
    [InlineData("exec.arguments")]
    [InlineData("exec.environment")]
    public void Sixty_four_tests_are_possible_and_one_more_is_not(string of)
    {
        PolicyDocument Tests(int count) => Document("p", [.. Enumerable.Range(0, count).Select(i => Rule(
            Name('r', i),
            RuleAction.Kill,
            of is "ancestor" ? Ancestor(OneOf("process.file", Name('/', i))) : Some(of, Name('t', i)),
            Exec))]);

        Compile(Tests(PolicyLimits.MaxTests)).WordCount.ShouldBe(2);
        var tooMany = Refused("GH4602", Tests(PolicyLimits.MaxTests + 1));
        tooMany.Message.ShouldContain("65");
        tooMany.Message.ShouldContain("\"r64\"");
    }

    [Fact]
    public void A_plan_of_too_many_steps_is_refused()
    {
        // Forty-one capabilities, twice 64 tests, and so on: 192 facts of one operation.
        var rules = new List<PolicyRule>();
        void Add(Condition when) => rules.Add(Rule(Name('r', rules.Count), RuleAction.Kill, when, Exec));
        foreach (var (word, _) in Capabilities.Words)
        {
            Add(And(Contains("process.capabilities", word), Some("exec.arguments", "a0")));
        }

        for (var i = 0; i < PolicyLimits.MaxTests; i++)
        {
            Add(And(Ancestor(OneOf("process.file", Name('/', i))), Some("exec.arguments", Name('a', i))));
        }

        // 41 + 64 + 64 = 169 steps; three tests of names are nine more each.
        for (var i = 0; i < 23; i++)
        {
            Add(Some("exec.environment", Name('e', i)));
        }

        Compile(Document("p", [.. rules])).Operations[GateOperation.ProcessExecArguments].Steps.Length.ShouldBe(PolicyLimits.MaxPlanSteps);
        Add(Some("exec.environment", "one-more"));
        Refused("GH4605", Document("p", [.. rules])).Message.ShouldContain("193");
    }

    [Fact]
    public void Globs_that_multiply_are_given_up_soon_and_the_one_too_many_is_named()
    {
        var rules = Enumerable.Range(0, 200).Select(i =>
            Rule(Name('r', i), RuleAction.Deny, Matches("image.path", $"**/{Name('x', i)}/**"), Exec)).ToArray();
        var clock = CpuClock.StartNew();

        var refused = Refused("GH4603", Document("p", rules));

        output.WriteLine($"{clock.Elapsed}: {refused.Message}");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));

        // The pattern before it still fits.
        var last = Array.FindIndex(rules, r => refused.Message.Contains($"\"{r.Name}\"", StringComparison.Ordinal));
        last.ShouldBeGreaterThan(2);
        Compile(Document("p", rules[..last])).Automaton.States.Length.ShouldBeLessThanOrEqualTo(PolicyLimits.MaxAutomatonEntries);
    }

    [Fact]
    public void Paths_beyond_the_automaton_are_refused_and_the_first_one_too_many_is_named()
    {
        string Long(int i) => string.Create(CultureInfo.InvariantCulture, $"/{i:d9}{new string('x', 240)}");
        var rules = Enumerable.Range(0, 4_500).Select(i => Rule(Name('r', i), RuleAction.Deny, OneOf("image.path", Long(i)), Exec)).ToArray();

        var refused = Refused("GH4603", Document("p", rules));

        // Each adds 241 bytes and a part of its number.
        var index = int.Parse(refused.Message.Split("\"r")[1].Split('"')[0], CultureInfo.InvariantCulture);
        index.ShouldBeInRange(4_200, 4_350);
        refused.Message.ShouldContain(Long(index)[..40]);
        Compile(Document("p", rules[..4_000])).Automaton.States.Length.ShouldBeLessThanOrEqualTo(PolicyLimits.MaxAutomatonEntries);
    }

    [Fact]
    public void A_condition_that_multiplies_out_too_far_is_named_with_its_rule_and_count()
    {
        Condition Side(string field, int count) => Or([.. Enumerable.Range(0, count).Select(i => And(
            OneOf(field, Name('/', i)), Between("image.size", (ulong)i, (ulong)i + 5)))]);
        Condition All(int count) => And(Side("image.file", 128), Side("process.file", count));

        var refused = Refused("GH3004", Document("p", Rule("explodes", RuleAction.Deny, All(129), Exec)));

        refused.Message.ShouldContain("\"explodes\"");
        refused.Message.ShouldContain("16512");
        PolicyCompiler.Compile([Document("p", Rule("fits", RuleAction.Deny, All(128), Exec))]).Image.ShouldNotBeNull();
    }

    [Fact]
    public void Conditions_that_combine_large_sets_all_the_time_are_given_up_soon()
    {
        var (a, b) = (Enumerable.Range(0, 30_000).Select(i => Name('/', i)).ToArray(), Enumerable.Range(1, 30_000).Select(i => Name('/', i)).ToArray());
        var when = And(Or(And(OneOf("image.path", a), OneOf("image.path", b)), OneOf("image.path", b)), Or(OneOf("image.path", b), OneOf("image.path", a)));
        var clock = CpuClock.StartNew();

        Refused("GH3004", Document("p", [.. Enumerable.Range(0, 1_000).Select(i => Rule(Name('r', i), RuleAction.Audit, when, Exec))]))
            .Message.ShouldContain("steps");

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static Diagnostic Refused(string code, params PolicyDocument[] documents)
    {
        var compilation = PolicyCompiler.Compile(documents);
        compilation.Image.ShouldBeNull();
        var diagnostic = compilation.Diagnostics.ShouldHaveSingleItem();
        diagnostic.Code.ShouldBe(code, diagnostic.ToString());
        diagnostic.Severity.ShouldBe(DiagnosticSeverity.Error);
        return diagnostic;
    }

    private static PolicyRule[] Paths(int first, int count) => [.. Enumerable.Range(first, count).Select(i =>
        Rule(Name('r', i), RuleAction.Audit, OneOf("image.path", Name('/', i)), Exec))];

    private static string Hash(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:x64}");

    private static string Name(char first, int number) => string.Create(CultureInfo.InvariantCulture, $"{first}{number}");
}
