using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>A policy in C# is checked as one in text is.</summary>
public sealed class BuiltPolicyTests
{
    [Fact]
    public void A_sound_policy_is_a_document_and_the_text_of_it()
    {
        var policy = PolicyBuilder.Create("no-debuggers", p => p
            .OnProcessOpen(
                o => o.Right == OpenRight.WriteMemory && o.Target.File == "/usr/sbin/sshd" && !(o.Process.File == "/usr/bin/gdb"),
                r => r.Named("sshd-memory").Deny().Severity(RuleSeverity.High).Tag("T1055")));

        policy.Document.Name.ShouldBe("no-debuggers");
        policy.Document.FileName.ShouldBe("no-debuggers.yaml");
        policy.Document.Rules.Single().Name.ShouldBe("sshd-memory");
        policy.Warnings.ShouldBeEmpty();
        var parsed = TestPolicy.Parse(policy.ToSource()).Document.ShouldNotBeNull();
        parsed.SourceSha256.ShouldBe(policy.Document.SourceSha256);
        policy.ToYaml().ShouldStartWith("apiVersion: gatehouse/v1\n");
    }

    [Fact]
    public void Rules_of_the_text_hold_in_C_sharp_and_come_with_the_rule_they_are_about()
    {
        var exception = Should.Throw<PolicyExpressionException>(() => PolicyBuilder.Create("test", p => p
            .OnProcessExec(e => e.Image.Path == "/usr/bin/nc", r => r.Named("granted-by-path").Allow())
            .OnProcessExec(e => e.Image.Path.Contains('x'), r => r.Named("substring").Deny())
            .OnProcessExec(e => !(e.Image.Path == "/usr/bin/nc"), r => r.Named("negated").Deny())
            .OnProcessOpen(o => o.Target.Uid == 0, r => r.Named("killed").Kill())
            .OnProcessExec(e => e.Image.Sha256 == "abc", r => r.Named("hash").Deny())
            .OnProcessExec(e => e.Image.Memfd, r => r.Named("Not A Name").Deny())));

        exception.Problems.Select(p => p.Rule).ShouldBe(["granted-by-path", "substring", "negated", "killed", "hash", "Not A Name"]);
        var byRule = exception.Problems.ToDictionary(p => p.Rule, StringComparer.Ordinal);
        byRule["granted-by-path"].Code.ShouldBe(DiagnosticCatalog.AllowByPath.Code);
        byRule["granted-by-path"].Expression.ShouldBe("""image.path == "/usr/bin/nc" """.Trim());
        byRule["substring"].Code.ShouldBe(ProblemCodes.Unsupported.Code);
        byRule["negated"].Code.ShouldBe(DiagnosticCatalog.NegatedPath.Code);
        byRule["hash"].Code.ShouldBe(DiagnosticCatalog.InvalidHash.Code);
        byRule["Not A Name"].Code.ShouldBe(DiagnosticCatalog.InvalidName.Code);
        exception.Problems.ShouldAllBe(p => p.File.EndsWith("BuiltPolicyTests.cs", StringComparison.Ordinal) && p.Line > 0);
        exception.Message.ShouldStartWith("The policy \"test\" cannot be built: 6 problems.\nBuiltPolicyTests.cs(");
    }

    [Fact]
    public void A_field_that_one_of_the_operations_does_not_have_is_refused() =>
        Should.Throw<PolicyExpressionException>(() => PolicyBuilder.Create(
                "test", p => p.OnProcessExec(e => e.SetuidGain, r => r.Deny().Also(RuleOperations.ImageLoad))))
            .Problems.ShouldHaveSingleItem().Expression.ShouldContain("exec.setuidGain");

    [Fact]
    public void What_is_wrong_with_the_policy_itself_belongs_to_no_rule()
    {
        var problems = Should.Throw<PolicyExpressionException>(() => PolicyBuilder.Create(
            "Not A Name", p => p.Altitude(-1).OnProcessExec(e => e.Image.Memfd, r => r.Deny()))).Problems;

        problems.Select(p => (p.Rule, p.Code)).ShouldBe(
            [("", DiagnosticCatalog.InvalidName.Code), ("", DiagnosticCatalog.NumberOutOfRange.Code)]);
    }

    [Fact]
    public void What_no_text_can_hold_is_refused_and_not_changed()
    {
        Should.Throw<PolicyExpressionException>(() => PolicyBuilder.Create(
            "test", p => p.OnProcessExec(e => e.Image.Path == "/\uD800", r => r.Deny())));
        Should.Throw<PolicyExpressionException>(() => PolicyBuilder.Create(
            "test", p => p.Description("\uD800").OnProcessExec(e => e.Image.Memfd, r => r.Deny())));
        Should.Throw<PolicyExpressionException>(() => PolicyBuilder.Create(
            "test", p => p.OnProcessExec(e => e.Image.Path == "/a\0", r => r.Deny())));
    }

    [Fact]
    public void Warnings_are_those_of_the_text() =>
        PolicyBuilder.Create("test", p => p.OnProcessExec(e => e.Image.Path == "/usr/bin/nc", r => r.Deny())).Warnings
            .ShouldHaveSingleItem().Code.ShouldBe(DiagnosticCatalog.ExecOnly.Code);

    [Fact]
    public void An_empty_policy_is_refused() =>
        Should.Throw<PolicyExpressionException>(() => PolicyBuilder.Create("test", _ => { }))
            .Problems.ShouldHaveSingleItem().Code.ShouldBe(ProblemCodes.NoRules.Code);
}
