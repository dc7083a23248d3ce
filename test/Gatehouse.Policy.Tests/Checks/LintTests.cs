using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Checks;

/// <summary>Warnings and refusals that depend on what rules mean.</summary>
public sealed class LintTests
{
    [Theory]
    [InlineData("deny", "image.path == '/a'", "deny", "image.path in ['/a', '/b']", false)]
    [InlineData("deny", "image.path in ['/a', '/b']", "deny", "image.path == '/a'", true)]
    [InlineData("audit", "image.path in ['/a', '/b']", "deny", "image.path == '/a'", false)]
    [InlineData("deny", $"image.sha256 == '{HashA}'", "deny", $"image.sha256 == '{HashA}' && image.path == '/a'", true)]
    [InlineData("allow", $"image.sha256 == '{HashA}'", "deny", $"image.sha256 == '{HashA}'", false)]
    [InlineData("deny", $"image.sha256 == '{HashA}'", "allow", $"image.sha256 == '{HashA}'", true)]
    [InlineData("allow", "true", "deny", "image.path == '/a'", true)]
    [InlineData("deny", "image.path == '/a' || image.path == '/b'", "deny", "image.path == '/b'", true)]
    [InlineData("deny", "image.path in ['/a', '/c']", "deny", "image.path in ['/a', '/b']", false)]
    [InlineData("deny", "image.path == '/a' && process.uid == 0", "deny", "image.path == '/a'", false)]
    [InlineData("deny", "image.path == '/a'", "deny", "process.uid == 0 && image.path == '/a'", true)]
    [InlineData("deny", "ancestor(process.file == '/a') && image.memfd", "deny", "ancestor(process.file == '/a') && image.memfd", true)]
    [InlineData("deny", "ancestor(process.file == '/a')", "deny", "!(ancestor(process.file == '/a'))", false)]
    [InlineData("deny", "process.uid < 1000", "deny", "process.uid in [0, 1, 2] || process.uid < 1000", false)]
    [InlineData("deny", "process.uid < 1000", "deny", "process.uid < 1000", true)]
    [InlineData("deny", "process.uid < 1000", "deny", "process.gid < 1000", false)]
    [InlineData("deny", $"image.sha256 != '{HashA}'", "audit", $"image.sha256 == '{HashA}'", false)]
    public void A_rule_is_shadowed_if_an_earlier_one_decides_whenever_it_matches(
        string firstAction, string first, string secondAction, string second, bool shadowed)
    {
        var result = Parse(File("p", Rule("first", firstAction, first), Rule("second", secondAction, second)));

        result.Document.ShouldNotBeNull();
        Codes(result).ShouldBe(shadowed ? ["GH3104"] : []);
    }

    [Fact]
    public void A_rule_for_fewer_operations_does_not_shadow_one_for_more()
    {
        var exec = Rule("exec", "deny", "image.path == '/a'", on: "[process.exec]");
        var both = Rule("both", "deny", "image.path == '/a'");

        Codes(Parse(File("p", both, exec))).ShouldBe(["GH3104", "GH3101"], ignoreOrder: true);
        Codes(Parse(File("p", exec, both))).ShouldBe(["GH3101"]);
    }

    [Fact]
    public void A_rule_with_another_answer_for_unknown_hashes_does_not_shadow()
    {
        var allow = Rule("lenient", "deny", $"image.sha256 == '{HashA}'", "onMiss: allow");
        var deny = Rule("strict", "deny", $"image.sha256 == '{HashA}'");

        Codes(Parse(File("p", allow, deny))).ShouldBeEmpty();
        Codes(Parse(File("p", deny, allow))).ShouldBe(["GH3104"]);
    }

    [Theory]
    [InlineData("image.kind == 'script' && image.kind == 'library'")]
    [InlineData($"image.sha256 == '{HashA}' && image.sha256 == '{HashB}'")]
    [InlineData($"image.sha256 == '{HashA}' && image.sha256 != '{HashA}'")]
    [InlineData("image.path == '/a' && image.path == '/b'")]
    [InlineData("image.path == '/a' && image.path.startsWith('/b')")]
    [InlineData("image.path.startsWith('/a/') && image.path.startsWith('/b/')")]
    [InlineData("image.path.endsWith('.so') && image.path.endsWith('.py')")]
    [InlineData("process.uid < 1000 && process.uid > 1000")]
    [InlineData("process.uid < 0")]
    [InlineData("process.uid in [1, 2] && !(process.uid in [0, 1, 2, 3])")]
    [InlineData("image.memfd && !image.memfd")]
    [InlineData("process.file == '/a' && (process.file != '/a' || image.memfd && image.memfd == false)")]
    [InlineData("ancestor(process.file == '/a' && process.file != '/a')")]
    [InlineData("image.path in []")]
    [InlineData("false")]
    public void A_rule_that_contradicts_itself_is_found(string when) =>
        Codes(Parse(File("p", Rule("r", "audit", when)))).ShouldBe(["GH3103"]);

    [Theory]
    [InlineData("image.path == '/a' && image.path.startsWith('/')")]
    [InlineData("image.path.startsWith('/a') && image.path.startsWith('/a/b')")]
    [InlineData("image.path.startsWith('/a') && image.path.endsWith('/b')")]
    [InlineData("process.file == '/a' && process.file == '/b'")]
    [InlineData("process.uid < 1000 && process.uid != 0")]
    [InlineData("!(ancestor(true))")]
    [InlineData("process.file == '/a' && (process.file != '/a' || image.memfd)")]
    [InlineData("image.fileSystem != 'ext4' && image.fileSystem != 'xfs'")]
    public void What_some_facts_can_satisfy_is_not_called_impossible(string when) =>
        Codes(Parse(File("p", Rule("r", "audit", when)))).ShouldBeEmpty();

    [Theory]
    [InlineData("true")]
    [InlineData("image.path.startsWith('/')")]
    [InlineData("image.path.matches('/**')")]
    [InlineData("process.uid >= 0")]
    [InlineData("!process.kernelThread")]
    [InlineData("!image.memfd && !process.container")]
    [InlineData("image.kind in ['executable', 'script']")]
    [InlineData("ancestor(true)")]
    [InlineData("ancestor(process.executable.startsWith('/')) || process.uid == 7")]
    [InlineData("image.kind == 'executable'")]
    [InlineData("image.kind != 'executable'")]
    [InlineData("image.path == '/a' || true")]
    [InlineData("!(image.sha256 in [])")]
    [InlineData($"image.sha256 != '{HashA}' || image.sha256 != '{HashB}'")]
    [InlineData($"image.path == '/a' || image.kind == 'library' || image.sha256 == '{HashA}'")]
    public void A_deny_rule_that_would_stop_the_host_is_refused(string when)
    {
        Parse(File("p", Rule("r", "deny", when))).Diagnostics.ShouldContain(d => d.Code == "GH3003");
        Codes(Parse(File("p", Rule("r", "audit", when)))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("image.path == '/a'")]
    [InlineData("image.path.startsWith('/home/')")]
    [InlineData("image.memfd")]
    [InlineData("process.container")]
    [InlineData("process.uid != 0")]
    [InlineData("!('CAP_SYS_ADMIN' in process.capabilities)")]
    [InlineData("!(image.file in ['/a', '/b'])")]
    [InlineData("!ancestor(process.file == '/a')")]
    [InlineData("image.kind == 'script'")]
    [InlineData($"image.sha256 != '{HashA}'")]
    [InlineData($"image.kind == 'library' && image.sha256 != '{HashA}'")]
    public void A_deny_rule_that_lets_something_run_is_accepted(string when) =>
        Parse(File("p", Rule("r", "deny", when))).Document.ShouldNotBeNull();

    [Theory]
    [InlineData("image.path == '/a'", "allow", "GH3001")]
    [InlineData($"image.sha256 == '{HashA}' || image.path != '/a'", "allow", "GH3001")]
    [InlineData("image.path != '/a'", "deny", "GH3002")]
    [InlineData("!(image.path in ['/a'])", "deny", "GH3002")]
    [InlineData("!(image.path != '/a' && !(image.path == '/b'))", "deny", null)]
    [InlineData("!!!(image.path == '/a')", "audit", "GH3002")]
    [InlineData("'/a' != image.path", "audit", "GH3002")]
    public void A_path_can_neither_grant_nor_exempt(string when, string action, string? code)
    {
        var result = Parse(File("p", Rule("r", action, when)));

        Codes(result).ShouldBe(code is null ? [] : [code]);
        result.Diagnostics.ShouldAllBe(d => d.Suggestion!.Contains("image.sha256", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("process.create", "deny", "GH3003")]
    [InlineData("thread.create", "deny", "GH3003")]
    [InlineData("process.exec", "kill", "GH3003")]
    [InlineData("process.open", "deny", "GH3108")]
    [InlineData("process.credentials", "deny", "GH3108")]
    [InlineData("thread.open", "deny", "GH3108")]
    [InlineData("process.open", "audit", null)]
    [InlineData("process.exit", "audit", null)]
    [InlineData("process.create", "allow", null)]
    public void Refusing_an_operation_altogether_is_an_error_or_a_warning(string on, string action, string? code)
    {
        var result = Parse(File("p", Rule("r", action, "true", on: on)));

        Codes(result).ShouldBe(code is null ? [] : [code]);
        (result.Document is null).ShouldBe(code is "GH3003");
    }

    [Theory]
    [InlineData("process.create", "!('vfork' in create.flags)", "GH3003")]
    [InlineData("process.create", "'vfork' in create.flags", null)]
    [InlineData("process.create", "'share-memory' in create.flags", null)]
    [InlineData("thread.create", "'share-memory' in create.flags", "GH3003")]
    [InlineData("thread.create", "!('share-memory' in create.flags)", null)]
    [InlineData("thread.create", "'traced' in create.flags", null)]
    public void Refusing_what_every_fork_or_every_thread_does_is_an_error(string on, string when, string? code) =>
        Codes(Parse(File("p", Rule("r", "deny", when, on: on)))).ShouldBe(code is null ? [] : [code]);

    [Theory]
    [InlineData("process.exec", "deny", "open.right == 'debug'", "GH3011")]
    [InlineData("[process.open, process.exec]", "deny", "open.right == 'debug' && open.signal == 9", "GH3011 GH3011")]
    [InlineData("[process.open, thread.open]", "deny", "open.right == 'debug' && target.uid == 0", "")]
    [InlineData("[process.exec, image.load]", "audit", "'x' in exec.arguments", "GH3011")]
    [InlineData("process.exec", "deny", "'x' in exec.arguments", "GH3013")]
    [InlineData("process.exec", "allow", "exec.environment.exists(e, e.startsWith('LD_'))", "GH3013")]
    [InlineData("process.exec", "kill", "exec.environment.exists(e, e.startsWith('LD_'))", "")]
    [InlineData("process.exec", "audit", "'x' in exec.arguments", "")]
    [InlineData("image.load", "kill", "image.memfd", "GH3012")]
    [InlineData("[process.exec, process.open]", "kill", "process.uid == 7", "GH3012")]
    [InlineData("process.exit", "deny", "exit.status == 1", "GH3012")]
    [InlineData("[process.exit, process.exec]", "allow", "process.uid == 0", "GH3012")]
    [InlineData("process.exit", "audit", "exit.signal == 11", "")]
    public void Fields_and_actions_fit_the_operations(string on, string action, string when, string codes) =>
        string.Join(' ', Codes(Parse(File("p", Rule("r", action, when, on: on))))).ShouldBe(codes);

    [Theory]
    [InlineData("ancestor(process.executable == '/a')", "allow", "GH3001")]
    [InlineData("!ancestor(process.executable == '/a')", "audit", "GH3002")]
    [InlineData("ancestor(process.executable != '/a')", "audit", "GH3002")]
    [InlineData("!ancestor(process.executable != '/a')", "audit", "")]
    [InlineData("!ancestor(process.file == '/a')", "allow", "")]
    [InlineData($"ancestor(process.sha256 != '{HashA}')", "audit", "GH3014")]
    [InlineData($"!ancestor(!(process.sha256 == '{HashA}'))", "audit", "GH3014")]
    [InlineData($"!ancestor(process.sha256 == '{HashA}')", "audit", "")]
    [InlineData($"!ancestor(process.sha256 == '{HashA}')", "allow", "GH3014")]
    [InlineData($"ancestor(process.sha256 == '{HashA}')", "allow", "")]
    public void What_ancestors_are_called_grants_nothing_and_an_unknown_hash_of_theirs_neither(string when, string action, string codes) =>
        string.Join(' ', Codes(Parse(File("p", Rule("r", action, when))))).ShouldBe(codes);

    [Theory]
    [InlineData("deny", "image.path == '/a'", "onMiss: deny", "GH3107")]
    [InlineData("deny", $"ancestor(process.sha256 == '{HashA}')", "onMiss: deny", "GH3107")]
    [InlineData("deny", $"process.sha256 == '{HashA}'", "onMiss: allow", "")]
    [InlineData("allow", $"image.sha256 == '{HashA}'", "onMiss: allow", "GH3107")]
    [InlineData("deny", "image.path == '/a'", "onFull: allow", "")]
    [InlineData("deny", "image.path == '/a'", "onFull: allow, mode: audit", "GH3109")]
    [InlineData("allow", "image.file == '/a'", "onFull: deny", "GH3109")]
    [InlineData("audit", "image.file == '/a'", "onFull: deny", "GH3109")]
    public void Answers_that_no_rule_gives_are_pointed_out(string action, string when, string more, string codes) =>
        string.Join(' ', Codes(Parse(File("p", Rule("r", action, when, more))))).ShouldBe(codes);

    [Fact]
    public void What_a_rule_answers_when_memory_is_full_is_read_and_deny_if_it_says_nothing()
    {
        var rules = Document(File(
            "p", Rule("a", "deny", "image.path == '/a'", "onFull: allow"), Rule("b", "deny", "image.path == '/b'"))).Rules;

        rules.Select(r => r.OnFull).ShouldBe([MissAnswer.Allow, MissAnswer.Deny]);
    }

    [Theory]
    [InlineData("image.path == '/a'", "GH3101")]
    [InlineData("image.file == '/a' && process.uid == 0", "GH3101")]
    [InlineData("image.file == '/a' && exec.setuidGain", "")]
    [InlineData("process.file == '/usr/sbin/nginx'", "")]
    [InlineData("image.memfd", "")]
    public void Only_rules_about_files_are_told_of_loads_without_exec(string when, string codes) =>
        string.Join(' ', Codes(Parse(File("p", Rule("r", "deny", when, on: "process.exec"))))).ShouldBe(codes);

    [Fact]
    public void An_allow_rule_in_audit_mode_may_not_use_a_path_either() =>
        Codes(Parse(File("p", Rule("r", "allow", "image.path == '/a'", "mode: audit")))).ShouldBe(["GH3001"]);

    [Fact]
    public void Errors_in_conditions_keep_the_sets_they_may_mean_from_being_called_unused()
    {
        var text = FileWith("p", "sets:\n  s: [/a]\n", Rule("r", "audit", "image.path in (s"));

        Codes(Parse(text)).ShouldBe(["GH2004"]);
    }

    [Theory]
    [InlineData("/usr/bin/../nc", "/usr/nc")]
    [InlineData("/usr/./nc", "/usr/nc")]
    [InlineData("/usr//nc", "/usr/nc")]
    [InlineData("/usr/nc/", "/usr/nc")]
    [InlineData("//usr/nc", "/usr/nc")]
    [InlineData("/../../usr/nc", "/usr/nc")]
    public void A_path_that_is_not_normalised_is_refused_and_not_repaired(string path, string instead)
    {
        var diagnostic = Parse(File("p", Rule("r", "deny", $"image.path == '{path}'"))).Diagnostics.ShouldHaveSingleItem();

        diagnostic.Code.ShouldBe("GH2011");
        diagnostic.Suggestion.ShouldBe($"did you mean `{instead}`?");
    }

    [Theory]
    [InlineData("alow", "allow")]
    [InlineData("ALLOW", "allow")]
    [InlineData("dney", "deny")]
    [InlineData("nothing-like-it", null)]
    public void The_nearest_word_is_suggested_if_it_is_near_enough(string word, string? nearest) =>
        Spelling.Nearest(word, ["allow", "deny", "audit"]).ShouldBe(nearest);
}
