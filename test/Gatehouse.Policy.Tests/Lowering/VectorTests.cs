using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>The vectors of an image, bit by bit, as the kernel side reads them.</summary>
public sealed class VectorTests
{
    private static readonly PolicyImage Image = Compile(File(
        "p",
        Rule("r0", "deny", "image.path == '/a'"),
        Rule("r1", "deny", $"image.sha256 == '{HashA}'"),
        Rule("r2", "deny", $"image.path == '/b' && image.sha256 != '{HashA}'", "onMiss: allow"),
        Rule("r3", "allow", $"image.sha256 in ['{HashA}', '{HashB}']"),
        Rule("r4", "deny", "image.path in ['/b', '/a']", "mode: audit", on: "process.exec"),
        Rule("r5", "audit", "image.kind == 'library'", on: "image.load")));

    [Fact]
    public void Value_zero_is_all_zero() => Image.Vector(0).ToArray().ShouldBe([0UL]);

    [Fact]
    public void An_operation_selects_the_rows_that_are_for_it()
    {
        Bits(Image.Operations[GateOperation.ProcessExec].ValueId).ShouldBe([0, 1, 2, 3, 4]);
        Bits(Image.Operations[GateOperation.ImageLoadExecutable].ValueId).ShouldBe([0, 1, 2, 3]);
        Bits(Image.Operations[GateOperation.ImageLoadLibrary].ValueId).ShouldBe([0, 1, 2, 3, 5]);
    }

    [Fact]
    public void A_path_selects_the_rows_that_name_it_and_no_others()
    {
        Image.Paths.Select(p => p.Path).ShouldBe(["/a", "/b"]);
        Bits(Image.Paths[0].ValueId).ShouldBe([0, 4]);
        Bits(Image.Paths[1].ValueId).ShouldBe([2, 4]);
        Bits(Image.NoPathValue).ShouldBe([1, 3, 5]);
        Bits(Image.PathConstrainedValue).ShouldBe([0, 2, 4]);
    }

    [Fact]
    public void A_hash_selects_the_rows_that_accept_it_those_without_a_test_included()
    {
        Image.Hashes.Select(h => Convert.ToHexStringLower(h.Sha256.AsSpan())).ShouldBe([HashA, HashB]);
        Bits(Image.Hashes[0].ValueId).ShouldBe([0, 1, 3, 4, 5]);
        Bits(Image.Hashes[1].ValueId).ShouldBe([0, 2, 3, 4, 5]);
        Bits(Image.NoHashValue).ShouldBe([0, 2, 4, 5]);
        Bits(Image.HashConstrainedValue).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void An_unknown_hash_is_accepted_by_deny_rules_that_say_so_and_never_by_allow_rules() =>
        Bits(Image.UnknownHashValue).ShouldBe([0, 1, 4, 5]);

    [Fact]
    public void What_decides_and_what_allows_is_a_vector_too()
    {
        Bits(Image.EnforcedValue).ShouldBe([0, 1, 2, 3]);
        Bits(Image.AllowValue).ShouldBe([3]);
    }

    [Fact]
    public void An_operation_says_which_facts_its_rows_need()
    {
        var image = Compile(File(
            "p",
            Rule("path", "deny", "image.path == '/a'", on: "process.exec"),
            Rule("hash", "audit", $"image.sha256 == '{HashA}' && image.kind == 'library'", on: "image.load")));

        image.Operations[GateOperation.ProcessExec].ShouldSatisfyAllConditions(
            o => o.NeedsPath.ShouldBeTrue(), o => o.NeedsHash.ShouldBeFalse(), o => o.ValueId.ShouldNotBe(0));
        image.Operations[GateOperation.ImageLoadExecutable].ShouldBe(new OperationEntry(0, NeedsPath: false, NeedsHash: false));
        image.Operations[GateOperation.ImageLoadLibrary].ShouldSatisfyAllConditions(
            o => o.NeedsPath.ShouldBeFalse(), o => o.NeedsHash.ShouldBeTrue());
    }

    [Fact]
    public void Paths_named_by_the_same_rows_share_a_vector()
    {
        var image = Compile(File("p", Rule("r", "deny", "image.path in ['/a', '/b', '/c']")));

        image.Paths.Select(p => p.ValueId).Distinct().Count().ShouldBe(1);
        image.Rows.Count(r => r.RuleIndex >= 0).ShouldBe(1);
    }

    [Fact]
    public void Every_policy_begins_at_a_word_of_its_own()
    {
        string Many(string name, int count) =>
            File(name, [.. Enumerable.Range(0, count).Select(i => Rule($"r{i}", "audit", $"image.path == '/{name}{i}'"))]);

        var image = Compile(Many("a", 65), Many("b", 64), File("c", Rule("never", "audit", "false")), Many("d", 1));

        image.Policies.Select(p => (p.Name, p.FirstRow, p.RowCount, p.FirstWord, p.WordCount)).ShouldBe(
            [("a", 0, 65, 0, 2), ("b", 128, 64, 2, 1), ("c", 192, 0, 3, 1), ("d", 256, 1, 4, 1)]);
        image.WordCount.ShouldBe(5);
        image.Cells.Length.ShouldBe(image.ValueCount * 5);
        image.Rows[65].ShouldBe(CompiledRow.Padding);
        image.Rows[256].RuleIndex.ShouldBe(130);
    }

    [Fact]
    public void Alternatives_over_one_field_are_one_row_and_over_two_fields_two()
    {
        RowsOf($"image.path == '/a' || image.path in ['/b'] || image.path == '/c'").ShouldBe(1);
        RowsOf($"image.path == '/a' || image.sha256 == '{HashA}'").ShouldBe(2);
        RowsOf($"(image.path == '/a' || image.path == '/b') && (image.sha256 == '{HashA}' || image.sha256 == '{HashB}')").ShouldBe(1);
        RowsOf($"image.path == '/a' || image.path == '/a' && image.sha256 == '{HashA}'").ShouldBe(1);
        RowsOf("image.path == '/a' && image.kind == 'library' || image.path == '/a' && image.kind == 'executable'").ShouldBe(1);
    }

    private static int RowsOf(string when) => Compile(File("p", Rule("r", "audit", when))).Policies[0].RowCount;

    private static int[] Bits(int valueId) =>
        [.. Enumerable.Range(0, 64).Where(b => (Image.Vector(valueId)[0] >> b & 1) != 0)];
}
