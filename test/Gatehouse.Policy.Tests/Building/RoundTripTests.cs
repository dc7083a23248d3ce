using System.Linq.Expressions;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>The parser reads the text of a policy in C# as the conditions that the lambdas were translated to.</summary>
public sealed class RoundTripTests
{
    private const int RulesPerOperation = 300;

    [Fact]
    public void Random_rules_on_every_operation_come_back_the_same()
    {
        Check<IExecFields>((p, w) => p.OnProcessExec(w, r => r.Audit()));
        Check<ILoadFields>((p, w) => p.OnImageLoad(w, r => r.Audit()));
        Check<ICreateFields>((p, w) => p.OnProcessCreate(w, r => r.Audit()));
        Check<IExitFields>((p, w) => p.OnProcessExit(w, r => r.Audit()));
        Check<IOpenFields>((p, w) => p.OnProcessOpen(w, r => r.Audit()));
        Check<ICredentialsFields>((p, w) => p.OnProcessCredentials(w, r => r.Audit()));
        Check<IThreadCreateFields>((p, w) => p.OnThreadCreate(w, r => r.Audit()));
        Check<IOpenFields>((p, w) => p.OnThreadOpen(w, r => r.Audit()));
    }

    [Fact]
    public void Everything_else_of_a_rule_comes_back_the_same()
    {
        var tools = new PolicySet("tools", ["/b", "/a", "/it's \"quoted\"\\"]);
        var translated = PolicyBuilder.Translate("p-1.2", p => p
            .Client("7").Altitude(PolicyLimits.MaxAltitude).Description("two\nlines: \"a\" 'b' # \\ \u2028 \U0001F600").Mode(RuleMode.Audit)
            .OnProcessExec(
                e => tools.Contains(e.Image.Path) && e.Image.Sha256 != new string('0', 64),
                r => r.Named("1.5").Deny().Mode(RuleMode.Enforce).Severity(RuleSeverity.Critical).Tag("T1059").Tag("T1059.004")
                    .OnFull(MissAnswer.Allow).OnMiss(MissAnswer.Allow).Description(" x ").Also(RuleOperations.ImageLoad))
            .OnProcessExit(e => e.Signal == 9, r => r.Audit()));

        var document = Parse(translated);

        document.Name.ShouldBe("p-1.2");
        document.Client.ShouldBe("7");
        document.Altitude.ShouldBe(PolicyLimits.MaxAltitude);
        document.Description.ShouldBe("two\nlines: \"a\" 'b' # \\ \u2028 \U0001F600");
        document.Mode.ShouldBe(RuleMode.Audit);
        var rule = document.Rules[0];
        rule.Name.ShouldBe("1.5");
        rule.On.ShouldBe(RuleOperations.ProcessExec | RuleOperations.ImageLoad);
        rule.Action.ShouldBe(RuleAction.Deny);
        rule.Mode.ShouldBe(RuleMode.Enforce);
        rule.Severity.ShouldBe(RuleSeverity.Critical);
        rule.Tags.ShouldBe(["T1059", "T1059.004"]);
        rule.OnFull.ShouldBe(MissAnswer.Allow);
        rule.OnMiss.ShouldBe(MissAnswer.Allow);
        rule.Description.ShouldBe(" x ");
        rule.When.ShouldBe(translated.Rules[0].When, SameCondition.Instance);
        document.Rules[1].Mode.ShouldBe(RuleMode.Audit);
        document.Rules[1].OnFull.ShouldBe(MissAnswer.Deny);
        document.Rules[1].Name.ShouldBe("process.exit-2");
    }

    private static void Check<T>(Func<PolicyBuilder, Expression<Func<T, bool>>, PolicyBuilder> add)
    {
        var expressions = new RandomExpressions<T>(new Random(1));
        var translated = PolicyBuilder.Translate("random", p =>
        {
            for (var i = 0; i < RulesPerOperation; i++)
            {
                add(p, expressions.Next());
            }
        });
        translated.Problems.ShouldBeEmpty();

        var document = Parse(translated);

        document.Rules.Length.ShouldBe(RulesPerOperation);
        foreach (var (parsed, built) in document.Rules.Zip(translated.Rules))
        {
            if (!SameCondition.Instance.Equals(parsed.When, built.When))
            {
                ConditionText.Of(parsed.When, new SetNames()).ShouldBe(ConditionText.Of(built.When, new SetNames()));
                parsed.When.ShouldBe(built.When, SameCondition.Instance);
            }
        }
    }

    private static PolicyDocument Parse(TranslatedPolicy policy)
    {
        var result = TestPolicy.Parse(policy.ToSource());
        result.Document.ShouldNotBeNull(string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)) + "\n" + policy.Yaml);
        return result.Document;
    }
}
