using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>What happens to a file whose hash could not be known in time.</summary>
public sealed class UnknownHashTests
{
    [Theory]
    [InlineData("", Outcome.Deny)]
    [InlineData("onMiss: deny", Outcome.Deny)]
    [InlineData("onMiss: allow", Outcome.Allow)]
    public void A_deny_rule_answers_as_its_onMiss_says(string onMiss, Outcome expected)
    {
        var image = Compile(File("p", Rule("r", "deny", $"image.sha256 == '{HashA}'", onMiss)));

        Decide(image, GateOperation.ImageLoadLibrary, [], null).Outcome.ShouldBe(expected);
        Decide(image, GateOperation.ImageLoadLibrary, [], HashA).Outcome.ShouldBe(Outcome.Deny);
        Decide(image, GateOperation.ImageLoadLibrary, [], HashB).Outcome.ShouldBe(Outcome.Allow);
    }

    [Theory]
    [InlineData("==")]
    [InlineData("!=")]
    public void An_allow_rule_that_tests_the_hash_never_grants_what_is_unknown(string comparison)
    {
        var image = Compile(File(
            "p",
            Rule("good", "allow", $"image.sha256 {comparison} '{HashA}'"),
            Rule("bad", "deny", "image.path == '/a'")));

        RuleName(image, Decide(image, GateOperation.ProcessExec, ["/a"], null).DecidingRule).ShouldBe("bad");
    }

    [Fact]
    public void A_rule_without_a_hash_condition_does_not_care()
    {
        var image = Compile(File("p", Rule("r", "deny", "image.path == '/a'")));

        Decide(image, GateOperation.ProcessExec, ["/a"], null).Outcome.ShouldBe(Outcome.Deny);
    }

    [Fact]
    public void The_path_still_has_to_match()
    {
        var image = Compile(File("p", Rule("r", "deny", $"image.path == '/a' && image.sha256 == '{HashA}'")));

        Decide(image, GateOperation.ProcessExec, ["/a"], null).Outcome.ShouldBe(Outcome.Deny);
        Decide(image, GateOperation.ProcessExec, ["/b"], null).Outcome.ShouldBe(Outcome.Allow);
    }

    [Fact]
    public void A_condition_that_no_content_can_fulfil_does_not_match_the_unknown_either()
    {
        var image = Compile(File("p", Rule("r", "deny", $"image.sha256 == '{HashA}' && image.sha256 == '{HashB}'")));

        Decide(image, GateOperation.ProcessExec, [], null).Outcome.ShouldBe(Outcome.Allow);
    }

    [Fact]
    public void A_condition_that_any_content_fulfils_is_still_one_on_the_hash()
    {
        var when = $"image.sha256 == '{HashA}' || image.sha256 != '{HashA}'";
        var image = Compile(File("p", Rule("r", "audit", when, "onMiss: allow")));

        Decide(image, GateOperation.ProcessExec, [], null).AuditedRule.ShouldBeNull();
        Decide(image, GateOperation.ProcessExec, [], HashA).AuditedRule.ShouldBe(0);
        Decide(image, GateOperation.ProcessExec, [], HashB).AuditedRule.ShouldBe(0);
    }
}
