using System.Globalization;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>How many rows a condition comes to.</summary>
public sealed class RowTests
{
    private const string Path = "image.path";

    private static readonly Condition s_a = OneOf(Path, "/a");
    private static readonly Condition s_b = OneOf(Path, "/b");
    private static readonly Condition s_hash = OneOf("image.sha256", HashA);

    [Fact]
    public void Alternatives_over_one_fact_are_one_row_and_over_two_facts_two()
    {
        RowsOf(Or(s_a, s_b, OneOf(Path, "/c"))).ShouldBe(1);
        RowsOf(Or(s_a, s_hash)).ShouldBe(2);
        RowsOf(And(Or(s_a, s_b), Or(s_hash, OneOf("image.sha256", HashB)))).ShouldBe(1);
        RowsOf(Or(And(s_a, s_hash), And(s_b, s_hash))).ShouldBe(1);
        RowsOf(Or(s_a, StartsWith(Path, "/b"))).ShouldBe(1);
        RowsOf(Or(EndsWith(Path, ".so"), EndsWith(Path, ".ko"))).ShouldBe(1);
        RowsOf(Or(EndsWith(Path, ".so"), Matches(Path, "/*"))).ShouldBe(2);
        RowsOf(Or(Between("process.uid", 0, 9), Between("process.uid", 5, 99), Between("process.uid", 100, 200))).ShouldBe(1);
        RowsOf(Or(OneOf("image.kind", "script"), OneOf("image.kind", "library"))).ShouldBe(1);
    }

    [Fact]
    public void Everything_and_nothing_need_no_tests()
    {
        StepsOf(Or(Flag("process.container"), Not(Flag("process.container")))).ShouldBe(0);
        StepsOf(Or(Between("process.uid", 0, 9), Not(Between("process.uid", 3, 5)))).ShouldBe(0);
        StepsOf(Not(OneOf("process.file"))).ShouldBe(0);
        StepsOf(Not(OneOf("image.sha256"))).ShouldBe(1);
        RowsOf(And(Flag("image.memfd"), Not(Flag("image.memfd")))).ShouldBe(0);
        RowsOf(And(s_a, s_b)).ShouldBe(0);
        RowsOf(And(Between("process.uid", 0, 9), Between("process.uid", 10, 20))).ShouldBe(0);
        RowsOf(And(OneOf("image.kind", "script"), OneOf("image.kind", "library"))).ShouldBe(0);
        RowsOf(And(s_hash, Not(s_hash))).ShouldBe(0);
        RowsOf(OneOf(Path)).ShouldBe(0);
        RowsOf(new ConstantCondition(Value: false, new SourceSpan("x", 1, 1, 1, 1))).ShouldBe(0);
    }

    [Fact]
    public void What_only_files_have_stays_a_test_even_if_every_file_passes_it()
    {
        RowsOf(Or(Flag("image.memfd"), Not(Flag("image.memfd")))).ShouldBe(2);
        StepsOf(Or(Between("image.size", 0, 9), Not(Between("image.size", 3, 5)))).ShouldBe(1);
        StepsOf(Not(OneOf("image.file"))).ShouldBe(1);
        StepsOf(Not(OneOf("image.verityDigest"))).ShouldBe(1);
        StepsOf(Not(OneOf("image.trust"))).ShouldBe(1);
    }

    [Fact]
    public void Alternatives_that_another_one_covers_vanish()
    {
        RowsOf(Or(s_a, And(s_a, s_hash))).ShouldBe(1);
        RowsOf(Or(And(s_a, s_hash), And(OneOf(Path, "/a", "/b"), Or(s_hash, OneOf("image.sha256", HashB))))).ShouldBe(1);
        RowsOf(Or(StartsWith(Path, "/x"), And(StartsWith(Path, "/x"), EndsWith(Path, "y"), Flag("image.memfd")))).ShouldBe(1);
    }

    [Fact]
    public void A_library_is_not_started()
    {
        RowsOf(OneOf("image.kind", "library"), RuleOperations.ProcessExec).ShouldBe(0);
        RowsOf(OneOf("image.kind", "library"), RuleOperations.ImageLoad).ShouldBe(1);
        RowsOf(OneOf("image.kind", "library", "script"), RuleOperations.ProcessExec).ShouldBe(1);
    }

    [Fact]
    public void A_file_system_without_a_word_passes_negated_tests_only()
    {
        var image = Compile(Document(
            "p",
            Rule("other", RuleAction.Audit, Not(OneOf("image.fileSystem", "ext4", "tmpfs")), RuleOperations.ProcessExec),
            Rule("named", RuleAction.Deny, OneOf("image.fileSystem", "ext4", "nfs"), RuleOperations.ProcessExec)));
        PolicyVerdict On(uint magic) => Decide(image, Exec("/a") with { Image = new ImageFacts { FileSystemMagic = magic } });

        On(0xef53).ShouldBe(new PolicyVerdict(Outcome.Deny, 1, null));
        On(0x6969).ShouldBe(new PolicyVerdict(Outcome.Deny, 1, 0));
        On(0x12345678).ShouldBe(new PolicyVerdict(Outcome.Allow, null, 0));
    }

    [Fact]
    public void Four_thousand_alternatives_that_all_differ_are_as_many_rows()
    {
        var alternatives = Enumerable.Range(0, 4_000).Select(i => And(
            OneOf(Path, string.Create(CultureInfo.InvariantCulture, $"/{i}")),
            OneOf("image.sha256", string.Create(CultureInfo.InvariantCulture, $"{i:x64}"))));

        RowsOf(Or([.. alternatives])).ShouldBe(4_000);
    }

    private static PolicyImage Of(Condition when, RuleOperations on = RuleOperations.ProcessExec | RuleOperations.ImageLoad) =>
        Compile(Document("p", Rule("r", RuleAction.Audit, when, on)));

    private static int RowsOf(Condition when, RuleOperations on = RuleOperations.ProcessExec | RuleOperations.ImageLoad) =>
        Of(when, on).Policies[0].RowCount;

    private static int StepsOf(Condition when)
    {
        RowsOf(when).ShouldBe(1);
        return Of(when).Operations[GateOperation.ProcessExec].Steps.Length;
    }
}
