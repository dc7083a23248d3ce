using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Policy.Tests.Evaluation;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Checks;

/// <summary>Warnings and refusals that depend on what rules mean.</summary>
public sealed class LintTests
{
    private static readonly byte[]?[] Hashes = [null, new byte[32], .. RandomPolicies.Hashes.Select(Convert.FromHexString)];

    [Fact]
    public void A_rule_reported_as_shadowed_or_impossible_really_never_takes_effect()
    {
        var checkedLints = 0;
        Prop.ForAll(Arb.From(RandomPolicies.Files), files =>
        {
            foreach (var result in files.Select(f => Parse(f)).Where(r => r.Document is not null))
            {
                var rules = result.Document!.Rules;
                foreach (var lint in result.Diagnostics.Where(d => d.Code is "GH3103" or "GH3104"))
                {
                    var index = rules.ToList().FindIndex(r => r.Span.StartLine == lint.Span.StartLine);
                    foreach (var facts in AllFacts().Where(f => RuleMatcher.Matches(rules[index], f)))
                    {
                        lint.Code.ShouldBe("GH3104", $"matches {facts}");
                        rules.Take(index).ShouldContain(r => r.Decides && RuleMatcher.Matches(r, facts), result.Document.Name);
                    }

                    checkedLints++;
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

        checkedLints.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("deny", "image.path == '/a'", "deny", "image.path in ['/a', '/b']", false)]
    [InlineData("deny", "image.path in ['/a', '/b']", "deny", "image.path == '/a'", true)]
    [InlineData("audit", "image.path in ['/a', '/b']", "deny", "image.path == '/a'", false)]
    [InlineData("deny", $"image.sha256 == '{HashA}'", "deny", $"image.sha256 == '{HashA}' && image.path == '/a'", true)]
    [InlineData("allow", $"image.sha256 == '{HashA}'", "deny", $"image.sha256 == '{HashA}'", false)]
    [InlineData("deny", $"image.sha256 == '{HashA}'", "allow", $"image.sha256 == '{HashA}'", true)]
    [InlineData("allow", "true", "deny", "image.path == '/a'", true)]
    [InlineData("deny", $"image.sha256 != '{HashA}'", "audit", $"image.sha256 == '{HashB}'", true)]
    [InlineData("deny", $"image.sha256 != '{HashA}'", "audit", $"image.sha256 == '{HashA}'", false)]
    public void A_rule_is_shadowed_if_an_earlier_one_decides_whenever_it_matches(
        string firstAction, string first, string secondAction, string second, bool shadowed)
    {
        var result = Parse(File("p", Rule("first", firstAction, first), Rule("second", secondAction, second)));

        result.Document.ShouldNotBeNull();
        Codes(result).ShouldBe(shadowed ? ["GH3104"] : []);
    }

    [Theory]
    [InlineData("true")]
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

    [Fact]
    public void An_allow_rule_in_audit_mode_may_not_use_a_path_either() =>
        Codes(Parse(File("p", Rule("r", "allow", "image.path == '/a'", "mode: audit")))).ShouldBe(["GH3001"]);

    [Fact]
    public void Errors_in_conditions_keep_the_sets_they_may_mean_from_being_called_unused()
    {
        var text = FileWith("p", "sets:\n  s: [/a]\n", Rule("r", "audit", "image.path in (s"));

        Codes(Parse(text)).ShouldBe(["GH2004"]);
    }

    [Fact]
    public void A_hash_in_upper_case_is_the_same_hash()
    {
        var image = Compile(File("p", Rule("r", "deny", $"image.sha256 in ['{HashA}', '{HashA.ToUpperInvariant()}']")));

        image.Hashes.Count.ShouldBe(1);
        Decide(image, GateOperation.ProcessExec, [], HashA).Outcome.ShouldBe(Outcome.Deny);
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

    private static IEnumerable<ImageFacts> AllFacts() =>
        from operation in OperationTable.All
        from names in new string[][] { [], ["/a"], ["/b"], ["/c"], ["/d"], ["/a", "/d"] }
        from hash in Hashes
        select new ImageFacts(operation, names, hash);
}
