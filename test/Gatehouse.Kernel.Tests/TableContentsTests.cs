using System.Collections.Immutable;
using Gatehouse.Abi;
using Gatehouse.Kernel.Loading;
using Gatehouse.Policy;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>What a policy image becomes on a host, before it goes to the kernel.</summary>
public sealed class TableContentsTests
{
    private static TableContents Of(PolicyImage image, params PathBinding[] bindings) => TableContents.Of(image, bindings, []);

    [Fact]
    public void A_step_says_where_the_values_of_its_table_begin_and_how_many_there_are()
    {
        var contents = Of(TestImages.Of(
            [1, 2, 4],
            [new ClassTable(ClassTableKind.Hash, [1, 2, 3, 1, 2], 0), new ClassTable(ClassTableKind.Bit, [0, 3], 0)],
            exec: new OperationEntry(
                2,
                OperationNeeds.Hash | OperationNeeds.Image,
                [new PlanStep(0, 42, -1, true, true, false), new PlanStep(1, 13, 29, true, false, true)])));

        contents.Values.ShouldBe([1u, 2, 3, 1, 2, 0, 3]);
        var part = contents.Generation.Plan[(int)Operation.ProcessExec];
        (part.First, part.Count).ShouldBe((0u, 2u));
        contents.Generation.OperationValue[(int)Operation.ProcessExec].ShouldBe(2u);
        contents.Generation.OperationNeeds[(int)Operation.ProcessExec].ShouldBe((uint)(OperationNeed.NeedsHash | OperationNeed.NeedsImage));
        var steps = contents.Steps.Select(static s => (s.Base, s.Count, s.Source, (StepKind)s.Kind, s.Bit, (StepFlag)s.Flags)).ToList();
        steps.ShouldBe(
        [
            (0u, 5u, (ushort)42, StepKind.Class, (byte)0, StepFlag.TermBegin | StepFlag.TermEnd),
            (5u, 2u, (ushort)13, StepKind.Mask, (byte)29, StepFlag.TermBegin | StepFlag.GroupEnd),
        ]);
    }

    [Fact]
    public void Numbers_of_all_tables_stand_one_after_another()
    {
        var contents = Of(TestImages.Of([1]));

        contents.Numbers.Select(static n => (n.Bound, n.Class)).ShouldBe([(0ul, 0u), (4096ul, 1u), (0ul, 0u), (9ul, 1u), (10ul, 0u)]);
        var parts = Enumerable.Range(0, 4).Select(i => contents.Generation.Numbers[i]).Select(static p => (p.First, p.Count));
        parts.ShouldBe([(0u, 0u), (0u, 2u), (2u, 3u), (0u, 0u)]);
    }

    [Fact]
    public void The_automaton_arrives_state_by_state_with_its_three_starts()
    {
        var contents = Of(TestImages.Of([1]));

        contents.States.Select(static s => (s.Check, s.Base, s.Otherwise, s.Accept)).ShouldBe([(0u, 0u, 0u, 0u), (1u, 2u, 3u, 4u)]);
        contents.Generation.AutomatonStates.ShouldBe(2u);
        Enumerable.Range(0, 3).Select(i => contents.Generation.AutomatonStart[i]).ShouldBe([1u, 0u, 5u]);
    }

    [Fact]
    public void Rows_say_which_rule_decides_and_which_only_reports()
    {
        var contents = Of(TestImages.Of(
            [1],
            rules:
            [
                (RuleAction.Deny, RuleMode.Enforce), (RuleAction.Kill, RuleMode.Enforce), (RuleAction.Kill, RuleMode.Audit),
                (RuleAction.Audit, RuleMode.Enforce), (RuleAction.Allow, RuleMode.Enforce),
            ]));

        contents.Rows.Length.ShouldBe(64);
        contents.Rows.Take(6).Select(static r => ((Abi.Action)r.Action, r.Enforced)).ShouldBe(
        [
            (Abi.Action.Deny, 1), (Abi.Action.Kill, 1), (Abi.Action.Kill, 0), (Abi.Action.Audit, 0), (Abi.Action.Allow, 1),
            (Abi.Action.None, 0),
        ]);
        contents.Rows[4].ShouldSatisfyAllConditions(
            static r => r.Rule.ShouldBe(4u),
            static r => r.Policy.ShouldBe((ushort)3));
        contents.Rows[5].Rule.ShouldBe((uint)RuleIndex.None);
    }

    [Fact]
    public void A_hash_is_its_bytes()
    {
        var (key, @class) = Of(TestImages.Of([1])).Hashes.ShouldHaveSingleItem();

        ((ReadOnlySpan<byte>)key.Sha256).ToArray().ShouldBe(Enumerable.Range(0, 32).Select(static b => (byte)b));
        @class.ShouldBe(4u);
    }

    [Fact]
    public void An_ancestor_test_finds_itself_in_the_generation_before()
    {
        var contents = TableContents.Of(TestImages.WithAncestors("new", "kept", "moved"), [], ["moved", "kept", "gone"]);

        Enumerable.Range(0, 4).Select(i => contents.Generation.AncestorFrom[i]).ShouldBe([(byte)0, (byte)2, (byte)1, (byte)0]);
        contents.Generation.TestsCount[0].ShouldBe(3u);
        contents.Generation.OperationValue[(int)Operation.AncestorTests].ShouldBe(1u);
    }

    [Fact]
    public void An_empty_policy_set_has_no_words_and_asks_for_nothing()
    {
        var contents = Of(TestImages.Empty);

        contents.Generation.Words.ShouldBe(0u);
        contents.Generation.LabelNeeds.ShouldBe(0u);
        contents.Rows.ShouldBeEmpty();
        contents.Cells.ShouldBeEmpty();
        var values = contents.Generation.OperationValue;
        ((ReadOnlySpan<uint>)values).ContainsAnyExcept(0u).ShouldBeFalse();
    }

    [Fact]
    public void Vectors_that_take_too_much_are_refused_with_both_numbers()
    {
        var image = TestImages.Of(new ulong[VectorStore.MaximumBytes / sizeof(ulong)]);

        Should.Throw<InvalidOperationException>(() => Of(image)).Message.ShouldContain("take 67108872 bytes");
    }

    [Fact]
    public void A_plan_that_is_too_long_is_refused()
    {
        ImmutableArray<PlanStep> steps = [.. Enumerable.Repeat(new PlanStep(0, 0, -1, true, true, true), (int)Limit.MaxSteps + 1)];
        var image = TestImages.Of(
            [1], [new ClassTable(ClassTableKind.Hash, [1], 0)], exec: new OperationEntry(1, OperationNeeds.None, steps));

        Should.Throw<InvalidOperationException>(() => Of(image)).Message.ShouldContain("193 steps");
    }
}
