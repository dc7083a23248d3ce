using System.Text;
using Gatehouse.Abi;
using Gatehouse.Kernel.Loading;
using Gatehouse.Policy;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>From the text of a policy to the rules that a scan of the kernel's tables finds.</summary>
public sealed class CompiledTablesTests
{
    private static readonly InodeIdentity s_file = new(1, 2, 3);

    private static TableContents Compile(string rules, params PathBinding[] bindings)
    {
        var text = "apiVersion: gatehouse/v1\nmetadata:\n  name: test\nrules:\n" + rules;
        var parsed = PolicyParser.Parse(new PolicySource("test.yaml", Encoding.UTF8.GetBytes(text)));
        parsed.Document.ShouldNotBeNull(string.Join('\n', parsed.Diagnostics));
        var image = PolicyCompiler.Compile([parsed.Document]).Image.ShouldNotBeNull();
        var resolved = bindings.Where(static b => b.ResolvedPath is not null).ToDictionary(static b => b.Path, static b => b.ResolvedPath!, StringComparer.Ordinal);
        return TableContents.Of(PolicyCompiler.Link(image, resolved), bindings, []);
    }

    private static PathBinding At(string path, params InodeIdentity[] inodes) => new(path, path, inodes, null);

    private static string Rule(string name, string operation, string when, string action = "deny") =>
        $"  - {{ name: {name}, on: [{operation}], when: '{when}', action: {action} }}\n";

    [Fact]
    public void A_hard_link_that_two_rules_name_satisfies_both_whatever_it_is_called()
    {
        var contents = Compile(
            Rule("a", "process.exec", "image.path == \"/bin/a\"") + Rule("b", "process.exec", "image.path == \"/bin/b\"", "audit"),
            At("/bin/a", s_file), At("/bin/b", s_file));

        new TableScan(contents).WithBoundImage(s_file).Rules(Operation.ProcessExec).ShouldBe([0, 1]);
        new TableScan(contents).Rules(Operation.ProcessExec).ShouldBeEmpty();
    }

    [Fact]
    public void A_rule_that_excludes_a_file_excludes_it_at_each_of_its_paths()
    {
        var contents = Compile(
            Rule("not-a", "process.exec", "image.file != \"/bin/a\"") + Rule("b", "process.exec", "image.file == \"/bin/b\""),
            At("/bin/a", s_file), At("/bin/b", s_file, new InodeIdentity(1, 9, 9)));

        new TableScan(contents).WithBoundImage(s_file).Rules(Operation.ProcessExec).ShouldBe([1]);
        new TableScan(contents).WithBoundImage(new InodeIdentity(1, 9, 9)).Rules(Operation.ProcessExec).ShouldBe([0, 1]);
        new TableScan(contents).Rules(Operation.ProcessExec).ShouldBe([0]);
    }

    [Fact]
    public void A_bound_name_fits_suffixes_and_globs_only_if_its_path_does()
    {
        var contents = Compile(
            Rule("a", "process.exec", "image.path == \"/bin/a.so\"") + Rule("suffix", "process.exec", "image.path.endsWith(\".so\")")
            + Rule("glob", "process.exec", "image.path.matches(\"/b?n/*\")") + Rule("other", "process.exec", "image.path.endsWith(\".exe\")"),
            At("/bin/a.so", s_file));

        new TableScan(contents).WithBoundImage(s_file).Rules(Operation.ProcessExec).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void A_file_that_is_only_tested_as_a_file_is_no_name_for_the_tests_of_names()
    {
        var contents = Compile(
            Rule("file", "process.exec", "image.file == \"/bin/a\"") + Rule("suffix", "process.exec", "image.path.endsWith(\".so\")"),
            At("/bin/a", s_file));

        new TableScan(contents).WithBoundImage(s_file).Rules(Operation.ProcessExec).ShouldBe([0]);
    }

    [Fact]
    public void A_right_and_a_capability_reach_their_rows()
    {
        var contents = Compile(
            Rule("terminate", "process.open", "open.right == \"terminate\"")
            + Rule("perfmon", "process.open", "\"CAP_PERFMON\" in process.capabilities && open.child"));

        TableScan Open(Right right) => new TableScan(contents).With(Source.Operation, (int)OperationSource.Right, (uint)right);

        Open(Right.Terminate).Rules(Operation.ProcessOpen).ShouldBe([0]);
        Open(Right.Debug).Rules(Operation.ProcessOpen).ShouldBeEmpty();
        Open(Right.Debug)
            .WithMask(Mask.Process, (int)ProcessMask.MaskCapabilities, 1ul << 38)
            .WithMask(Mask.Operation, (int)OperationMask.MaskFlags, (ulong)OperationFlag.Child)
            .Rules(Operation.ProcessOpen).ShouldBe([1]);
        Open(Right.Terminate).Rules(Operation.ProcessCreate).ShouldBeEmpty();
    }

    [Fact]
    public void Ancestor_tests_keep_their_place_over_a_reload()
    {
        const string Bash = "ancestor(process.executable == \"/bin/bash\")";
        const string Ssh = "ancestor(process.executable == \"/bin/sshd\")";
        var first = Compile(Rule("a", "process.exec", Bash) + Rule("b", "process.exec", Ssh));
        first.Generation.TestsCount[0].ShouldBe(2u);

        // Tests are compared by their text: that of the first policy's only test is one of the two before.
        var text = "apiVersion: gatehouse/v1\nmetadata:\n  name: test\nrules:\n";
        PolicyImage Image(string rules) => PolicyCompiler.Compile(
            [PolicyParser.Parse(new PolicySource("t", Encoding.UTF8.GetBytes(text + rules))).Document!]).Image!;
        var before = Image(Rule("a", "process.exec", Bash) + Rule("b", "process.exec", Ssh)).AncestorTests!.Tests;
        var after = Image(Rule("other", "process.exec", Ssh) + Rule("c", "process.exec", "image.path == \"/x\""));
        var contents = TableContents.Of(after, [], before);

        ((int)contents.Generation.AncestorFrom[0]).ShouldBe(before.IndexOf(after.AncestorTests!.Tests[0]) + 1);
        ((int)contents.Generation.AncestorFrom[0]).ShouldBeGreaterThan(0);
    }
}
