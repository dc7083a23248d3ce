using System.Text;
using Gatehouse.Abi;
using Gatehouse.Kernel.Loading;
using Gatehouse.Policy;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>What a policy image becomes on a host, before it goes to the kernel.</summary>
public sealed class TableContentsTests
{
    private const string TwoPathRules = """
          - { name: a, on: [process.exec], when: 'image.path == "/bin/a"', action: deny }
          - { name: b, on: [process.exec], when: 'image.path == "/bin/b"', action: audit }
        """;

    private static PolicyImage Compile(string rules)
    {
        var text = "apiVersion: gatehouse/v1\nmetadata:\n  name: test\nrules:\n" + rules;
        var parsed = PolicyParser.Parse(new PolicySource("test.yaml", Encoding.UTF8.GetBytes(text)));
        parsed.Document.ShouldNotBeNull(string.Join('\n', parsed.Diagnostics));
        return PolicyCompiler.Compile([parsed.Document]).Image.ShouldNotBeNull();
    }

    private static PathBinding Bound(string path, string? resolved, params InodeIdentity[] inodes) => new(path, resolved, inodes, null);

    private static ulong Cell(TableContents contents, uint value) => contents.Cells[(int)(value * contents.Generation.Words)];

    [Fact]
    public void Each_path_of_several_rules_keeps_its_own_value()
    {
        var contents = TableContents.Of(Compile(TwoPathRules), []);
        contents.Paths.Keys.ShouldBe(["/bin/a", "/bin/b"], ignoreOrder: true);
        contents.Paths["/bin/a"].ShouldNotBe(contents.Paths["/bin/b"]);
        (Cell(contents, contents.Paths["/bin/a"]) & Cell(contents, contents.Paths["/bin/b"])).ShouldBe(0ul);
    }

    [Fact]
    public void Resolved_spelling_and_inode_stand_for_the_path()
    {
        var inode = new InodeIdentity(1, 2, 3);
        var contents = TableContents.Of(Compile(TwoPathRules), [Bound("/bin/a", "/usr/bin/a", inode), Bound("/bin/b", null)]);
        contents.Paths["/usr/bin/a"].ShouldBe(contents.Paths["/bin/a"]);
        contents.Bound.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<InodeIdentity, uint>(inode, contents.Paths["/bin/a"]));
    }

    [Fact]
    public void Hard_link_that_two_rules_name_satisfies_both()
    {
        var inode = new InodeIdentity(1, 2, 3);
        var contents = TableContents.Of(Compile(TwoPathRules), [Bound("/bin/a", "/bin/a", inode), Bound("/bin/b", "/bin/b", inode)]);
        Cell(contents, contents.Bound[inode]).ShouldBe(
            Cell(contents, contents.Paths["/bin/a"]) | Cell(contents, contents.Paths["/bin/b"]));
    }

    [Fact]
    public void Path_key_is_the_text_and_zeros()
    {
        var text = TableContents.KeyOf("/ü").Text;
        ReadOnlySpan<byte> key = text;
        key[..4].ToArray().ShouldBe("/ü\0"u8.ToArray());
        key[4..].ContainsAnyExcept((byte)0).ShouldBeFalse();
        key.Length.ShouldBe((int)Limit.PathBytes);
    }

    [Fact]
    public void Rows_say_which_rule_decides_and_which_only_reports()
    {
        var contents = TableContents.Of(Compile(TwoPathRules), []);
        contents.Rows.Length.ShouldBe(64);
        var used = contents.Rows.Where(static r => r.Rule != (uint)RuleIndex.None).OrderBy(static r => r.Rule).ToList();
        used.Select(static r => (r.Action, r.Enforced)).ShouldBe([((byte)Abi.Action.Deny, (byte)1), ((byte)Abi.Action.Audit, (byte)0)]);
    }

    [Fact]
    public void Content_that_changes_satisfies_no_rule_that_allows_by_hash()
    {
        // A kernel test of this would refuse its own .NET runtime the memory that it compiles into.
        var hash = new string('0', 64);
        var contents = TableContents.Of(Compile($"""
              - name: all-but-one
                on: [image.load]
                when: 'image.sha256 != "{hash}"'
                action: allow
              - name: not-even-those
                on: [image.load]
                when: 'image.sha256 != "{hash}"'
                action: deny
            """), []);
        var cell = Cell(contents, contents.Generation.VolatileHashValue);
        var matching = contents.Rows.Where((_, row) => (cell & (1ul << row)) != 0).Select(static r => r.Action).Distinct();
        matching.Where(static a => a != 0).ShouldBe([(byte)Abi.Action.Deny]);
    }

    [Fact]
    public void Operations_of_the_compiler_have_the_kernel_sides_numbers()
    {
        ((uint)GateOperation.ProcessExec).ShouldBe((uint)Operation.ProcessExec);
        ((uint)GateOperation.ImageLoadExecutable).ShouldBe((uint)Operation.ImageLoadExecutable);
        ((uint)GateOperation.ImageLoadLibrary).ShouldBe((uint)Operation.ImageLoadLibrary);
        Enum.GetValues<GateOperation>().Length.ShouldBe((int)Operation.Count);
    }

    [Fact]
    public void Empty_policy_set_has_no_words_and_asks_for_nothing()
    {
        var contents = TableContents.Of(PolicyCompiler.Compile([]).Image!, []);
        contents.Generation.Words.ShouldBe(0u);
        var values = contents.Generation.OperationValue;
        ((ReadOnlySpan<uint>)values).ContainsAnyExcept(0u).ShouldBeFalse();
    }
}
