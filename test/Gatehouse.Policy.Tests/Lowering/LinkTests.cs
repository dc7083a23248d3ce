using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.Evaluation.PolicyModel;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>On a host where /bin is a link to /usr/bin, what a policy calls /bin/sh is also called /usr/bin/sh.</summary>
public sealed class LinkTests
{
    private const RuleOperations On = RuleOperations.ProcessExec;

    private static readonly PolicyImage s_compiled = Compile(Document(
        "p",
        Rule("exact", RuleAction.Deny, OneOf("image.path", "/bin/sh"), On),
        Rule("prefix", RuleAction.Deny, StartsWith("image.path", "/lib/x"), On),
        Rule("folder", RuleAction.Deny, StartsWith("image.path", "/bin/"), On),
        Rule("never", RuleAction.Deny, And(OneOf("image.path", "/bin/a"), OneOf("image.path", "/usr/bin/a")), On),
        Rule("text", RuleAction.Kill, Some("exec.arguments", "/bin/sh"), On),
        Rule("suffix", RuleAction.Audit, EndsWith("image.path", "/sh"), On),
        Rule("root", RuleAction.Audit, StartsWith("image.path", "/boo"), On),
        Rule("file", RuleAction.Deny, OneOf("image.file", "/bin/cat"), On)));

    private static readonly PolicyImage s_linked = PolicyCompiler.Link(s_compiled, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["/bin/sh"] = "/usr/bin/dash",
        ["/bin"] = "/usr/bin",
        ["/lib"] = "/usr/lib",
        ["/bin/cat"] = "/usr/bin/cat",
    });

    [Fact]
    public void Whole_paths_and_the_folders_of_prefixes_are_to_be_resolved() =>
        PolicyCompiler.PathsToResolve(s_compiled).ShouldBe(["/bin", "/bin/cat", "/bin/sh", "/lib"]);

    [Fact]
    public void A_path_stands_for_its_resolved_spelling_too()
    {
        RuleOf(s_compiled, "/usr/bin/dash").ShouldBeNull();
        RuleOf(s_linked, "/usr/bin/dash").ShouldBe("exact");
        RuleOf(s_linked, "/bin/sh").ShouldBe("exact");
        RuleOf(s_linked, "/usr/lib/xy").ShouldBe("prefix");
        RuleOf(s_linked, "/usr/lib/y").ShouldBeNull();
        RuleOf(s_linked, "/usr/bin/ls").ShouldBe("folder");
        RuleOf(s_compiled, "/usr/bin/ls").ShouldBeNull();
    }

    [Fact]
    public void An_argument_is_a_text_and_not_a_path()
    {
        PolicyVerdict Second(string argument) => Decide(s_linked, Exec("/x") with
        {
            Operation = GateOperation.ProcessExecArguments,
            Request = new RequestFacts { Arguments = [argument] },
        });

        Second("/bin/sh").Outcome.ShouldBe(Outcome.Kill);
        Second("/usr/bin/dash").Outcome.ShouldBe(Outcome.Allow);
    }

    [Fact]
    public void Rules_rows_and_bound_paths_stay_as_they_were()
    {
        s_linked.Rows.ShouldBe(s_compiled.Rows);
        s_linked.Rules.Select(r => r.Name).SequenceEqual(s_compiled.Rules.Select(r => r.Name), StringComparer.Ordinal).ShouldBeTrue();
        s_linked.BoundPaths.Select(p => p.Path).ShouldBe(["/bin/cat", "/bin/sh"]);
        s_linked.Fingerprint.ShouldNotBe(s_compiled.Fingerprint, StringComparer.Ordinal);
    }

    [Fact]
    public void Linking_again_or_with_nothing_gives_what_was_compiled()
    {
        var nothing = new Dictionary<string, string>(StringComparer.Ordinal);

        PolicyCompiler.Link(s_compiled, nothing).Fingerprint.ShouldBe(s_compiled.Fingerprint);
        PolicyCompiler.Link(s_linked, nothing).Fingerprint.ShouldBe(s_compiled.Fingerprint);
    }

    private static string? RuleOf(PolicyImage image, string path) => TestPolicy.RuleName(image, Decide(image, Exec(path)).DecidingRule);
}
