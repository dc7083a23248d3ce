using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>Plans, tables and vectors of an image, as the kernel side reads them.</summary>
public sealed class PlanTests
{
    private const RuleOperations Exec = RuleOperations.ProcessExec;
    private const int Image = 32;

    [Fact]
    public void A_plan_looks_only_at_what_its_rows_test()
    {
        var image = Compile(Document(
            "p",
            Rule("uid", RuleAction.Audit, Between("process.uid", 0, 0), RuleOperations.ProcessCreate),
            Rule("memfd", RuleAction.Audit, And(Flag("image.memfd"), OneOf("image.kind", "script")), Exec),
            Rule("any", RuleAction.Audit, True, RuleOperations.ProcessExit)));

        image.Operations[GateOperation.ProcessCreate].Steps.ShouldHaveSingleItem().ShouldBe(
            new PlanStep(image.Operations[GateOperation.ProcessCreate].Steps[0].Table, 11, -1, true, true, true));
        image.Operations[GateOperation.ProcessExec].Steps.Select(s => (s.Source, s.Bit)).ShouldBe([(Image + 15, -1), (8, 0)]);
        image.Operations[GateOperation.ProcessExit].Steps.ShouldBeEmpty();
        image.Operations[GateOperation.ProcessExit].ValueId.ShouldNotBe(0);
        image.Operations[GateOperation.ImageLoadLibrary].ShouldBe(OperationEntry.None);
    }

    [Fact]
    public void Names_are_one_group_of_three_terms_of_the_machines_that_are_used()
    {
        var image = Compile(Document("p", Rule("r", RuleAction.Deny, And(StartsWith("image.path", "/a"), EndsWith("image.path", "b")), Exec)));

        image.Operations[GateOperation.ProcessExec].Steps.Select(s => (s.Source, s.BeginsTerm, s.EndsTerm, s.EndsGroup)).ShouldBe(
        [
            (Image, true, false, false), (Image + 1, false, true, false),
            (Image + 3, true, false, false), (Image + 4, false, true, false),
            (Image + 6, true, false, false), (Image + 7, false, true, true),
        ]);
    }

    [Fact]
    public void Whoever_tests_endings_asks_for_the_forward_class_if_anything_is_bound()
    {
        // Its forward class is all that is said of a bound file.
        var image = Compile(Document(
            "p", Rule("r", RuleAction.Deny, EndsWith("image.path", "b"), Exec), Rule("f", RuleAction.Deny, OneOf("image.file", "/xb"), Exec)));

        image.Operations[GateOperation.ProcessExec].Steps.Count(s => s.Source == Image).ShouldBe(1);
        image.BoundPaths.ShouldHaveSingleItem().NameClass.ShouldNotBe(0);
    }

    [Fact]
    public void Class_zero_of_a_hash_is_the_rows_that_ask_for_it()
    {
        var image = Compile(Document(
            "p",
            Rule("none", RuleAction.Audit, True, Exec),
            Rule("is", RuleAction.Deny, OneOf("image.sha256", HashA), Exec),
            Rule("allowed", RuleAction.Allow, Not(OneOf("image.sha256", HashA)), Exec),
            Rule("lenient", RuleAction.Deny, Not(OneOf("image.sha256", HashB)), Exec, onMiss: MissAnswer.Allow)));
        var table = image.Tables.Single(t => t.Kind == ClassTableKind.Hash);

        table.Values.Select(v => image.Vector(v)[0]).ShouldBe(
        [
            0b1110UL, 0b0011UL, 0b1001UL, 0b1101UL,
            image.Vector(table.Values[image.Hashes[0].Class])[0], image.Vector(table.Values[image.Hashes[1].Class])[0],
        ]);
        image.Vector(table.Values[image.Hashes[0].Class])[0].ShouldBe(0b1011UL);
        image.Vector(table.Values[image.Hashes[1].Class])[0].ShouldBe(0b0101UL);
        image.Hashes.ShouldAllBe(h => h.Class >= 4);
    }

    [Fact]
    public void Class_one_of_a_name_is_every_row_and_class_zero_those_without_such_a_test()
    {
        var image = Compile(Document(
            "p",
            Rule("a", RuleAction.Deny, OneOf("image.path", "/a"), Exec),
            Rule("b", RuleAction.Deny, EndsWith("image.path", "b"), Exec),
            Rule("c", RuleAction.Deny, Matches("image.path", "/*c"), Exec),
            Rule("d", RuleAction.Deny, Flag("image.memfd"), Exec)));

        ulong[] Vectors(ClassTableKind kind) =>
            [.. image.Tables.Single(t => t.Kind == kind).Values.Select(v => image.Vector(v)[0])];

        Vectors(ClassTableKind.ForwardName).ShouldBe([0b1110UL, 0b1111UL, 0b1111UL, 0b1001UL]);
        Vectors(ClassTableKind.BackwardName).ShouldBe([0b1101UL, 0b1111UL, 0b1111UL]);
        Vectors(ClassTableKind.GlobName).ShouldBe([0b1011UL, 0b1111UL, 0b1111UL]);

        // /a is bound: as a name it is a and neither b nor c.
        image.BoundPaths.ShouldBe([new BoundPath("/a", 3, 0)]);
    }

    [Fact]
    public void Bounds_begin_at_zero_and_class_zero_passes_no_test()
    {
        var image = Compile(Document(
            "p",
            Rule("low", RuleAction.Deny, Between("process.uid", 0, 9), Exec),
            Rule("high", RuleAction.Deny, Between("image.ownerUid", 10, ulong.MaxValue), Exec)));

        image.Numbers[(int)NumberTable.Id].Select(b => b.Bound).ShouldBe([0UL, 10UL]);
        image.Numbers[(int)NumberTable.Id].Select(b => b.Class).ShouldBe([1, 2]);
        image.Numbers[(int)NumberTable.Size].ShouldBeEmpty();
        image.Tables.Where(t => t.Kind == ClassTableKind.Number)
            .Select(t => string.Join(' ', t.Values.Select(v => image.Vector(v)[0]))).ShouldBe(["2 3 2", "1 1 3"], ignoreOrder: true);
    }

    [Fact]
    public void Needs_say_which_facts_are_looked_at()
    {
        var image = Compile(Document(
            "p",
            Rule("exec", RuleAction.Kill, And(OneOf("image.path", "/a"), OneOf("process.sha256", HashA)), Exec),
            Rule("args", RuleAction.Kill, And(Some("exec.arguments", "-c"), Flag("exec.setuidGain")), Exec),
            Rule("load", RuleAction.Deny, OneOf("image.sha256", HashA), RuleOperations.ImageLoad),
            Rule("open", RuleAction.Deny, And(OneOf("open.right", "debug"), Contains("target.capabilities", "CAP_KILL")), RuleOperations.ProcessOpen)));

        image.Operations[GateOperation.ProcessExec].Needs.ShouldBe(OperationNeeds.Subject | OperationNeeds.Image | OperationNeeds.Name);
        image.Operations[GateOperation.ProcessExecArguments].Needs.ShouldBe(
            OperationNeeds.Subject | OperationNeeds.Image | OperationNeeds.Name | OperationNeeds.Arguments | OperationNeeds.Request);
        image.Operations[GateOperation.ImageLoadLibrary].Needs.ShouldBe(OperationNeeds.Image | OperationNeeds.Hash);
        image.Operations[GateOperation.ProcessOpen].Needs.ShouldBe(OperationNeeds.Target | OperationNeeds.Request);
        image.LabelNeeds.ShouldBe(LabelNeeds.Hash | LabelNeeds.Capabilities);
    }

    [Fact]
    public void Every_policy_begins_at_a_word_of_its_own_and_tests_come_last()
    {
        PolicyRule[] Many(string name, int count) =>
            [.. Enumerable.Range(0, count).Select(i => Rule($"r{i}", RuleAction.Audit, OneOf("image.path", $"/{name}{i}"), Exec))];

        var image = Compile(
            Document("a", Many("a", 65)),
            Document("b", Rule("r", RuleAction.Audit, Ancestor(OneOf("process.file", "/x")), Exec)),
            Document("c", Rule("never", RuleAction.Audit, Not(True), Exec)),
            Document("d", Rule("r", RuleAction.Kill, Some("exec.arguments", "x"), Exec)));

        image.Policies.Select(p => (p.Name, p.FirstRow, p.RowCount, p.FirstWord, p.WordCount)).ShouldBe(
            [("a", 0, 65, 0, 2), ("b", 128, 1, 2, 1), ("c", 192, 0, 3, 1), ("d", 256, 1, 4, 1)]);
        image.AncestorTests!.Word.ShouldBe(5);
        image.ArgumentTests!.Word.ShouldBe(6);
        image.WordCount.ShouldBe(7);
        image.Cells.Length.ShouldBe(image.ValueCount * 7);
        image.Rows[65].ShouldBe(CompiledRow.Padding);
        image.Rows[256].RuleIndex.ShouldBe(67);
        image.Vector(0).ToArray().ShouldAllBe(word => word == 0);
    }

    [Fact]
    public void Roles_whose_tables_are_equal_share_one()
    {
        var image = Compile(Document(
            "p", Rule("r", RuleAction.Deny, And(OneOf("process.executable", "/a"), OneOf("image.path", "/a")), Exec)));

        image.Tables.Count(t => t.Kind == ClassTableKind.ForwardName).ShouldBe(1);
        image.Operations[GateOperation.ProcessExec].Steps.Length.ShouldBe(6);
    }
}
