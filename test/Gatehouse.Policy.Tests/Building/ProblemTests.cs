using System.Linq.Expressions;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

// The rules are written as people who do not know better write them.
#pragma warning disable CA1847, CA1862, CA1866, MA0002, MA0009

namespace Gatehouse.Policy.Tests.Building;

/// <summary>What cannot be compiled is named: the part as C#, the code, what to write instead.</summary>
public sealed class ProblemTests
{
    private static bool IsTool(string path) => path.Length > 3;

    [Fact]
    public void Calls_that_have_no_equivalent_are_named_with_what_has_one()
    {
        var contains = Rules.ExecProblem(e => e.Image.Memfd && e.Image.Path.Contains("x"));
        contains.Code.ShouldBe("GHX001");
        contains.Rule.ShouldBe("rule");
        contains.Expression.ShouldBe("""e.Image.Path.Contains("x")""");
        contains.Suggestion.ShouldBe("""write Glob.Matches(e.Image.Path, "**text**")""");

        var regex = Rules.ExecProblem(e => Regex.IsMatch(e.Image.Path, "a+"));
        regex.Expression.ShouldBe("""Regex.IsMatch(e.Image.Path, "a+")""");
        regex.Suggestion.ShouldBe("use Glob.Matches, StartsWith or EndsWith");

        Rules.ExecProblem(e => e.Image.Path.ToLowerInvariant() == "/a").Expression.ShouldBe("e.Image.Path.ToLowerInvariant()");
        Rules.ExecProblem(e => IsTool(e.Image.Path)).Message.ShouldBe("The method `IsTool` is not looked into.");
        Rules.ExecProblem(e => e.Arguments[1] == "-c").Suggestion.ShouldBe("use Contains or Any");
        Rules.ExecProblem(e => e.Arguments.Count > 3).Expression.ShouldBe("e.Arguments.Count");
        Rules.ExecProblem(e => Path.GetFileName(e.Image.Path) == "nc").Suggestion!.ShouldContain("EndsWith(\"/name\")");
        Rules.OpenProblem(o => o.Right.HasFlag(OpenRight.Debug)).Suggestion.ShouldBe("write ==");
        Rules.ExecProblem(e => e.Image.Memfd ? e.Image.Setuid : e.Image.Setgid).Suggestion.ShouldBe("write (c && a) || (!c && b)");
        Rules.ExecProblem(e => e.Image.Memfd ^ e.Image.Setuid).Expression.ShouldBe("e.Image.Memfd ^ e.Image.Setuid");
        Rules.ExecProblem(e => e.Image.Memfd == e.Image.Setuid).Code.ShouldBe("GHX001");
        Rules.OpenProblem(o => o.Right > OpenRight.Debug).Expression.ShouldBe("o.Right > OpenRight.Debug");
        Rules.ExecProblem(e => (int)e.Process.Uid == 5).Expression.ShouldBe("(int)e.Process.Uid");
        Rules.ExecProblem(e => e.Process.File.StartsWith("/usr/")).Message.ShouldContain("`process.file` says what a file is");
        Rules.ExecProblem(e => e.Process.Capabilities.Any(c => c == Capability.Bpf)).Suggestion!.ShouldContain("Contains");
        Rules.ExecProblem(e => e.Arguments.All(a => a == "x")).Suggestion!.ShouldContain("Any(a =>");
        Rules.ExecProblem(e => e.Arguments.Any()).Code.ShouldBe("GHX001");
        Rules.OpenProblem(o => Ancestor.Any(o.Target, p => p.File == "/a")).Suggestion.ShouldBe("pass the operation's Process");
    }

    [Fact]
    public void A_field_is_compared_with_what_is_known_beforehand()
    {
        Rules.OpenProblem(o => o.Process.Uid == o.Target.Uid).ShouldSatisfyAllConditions(
            p => p.Code.ShouldBe("GHX002"), p => p.Expression.ShouldBe("o.Process.Uid == o.Target.Uid"));
        Rules.OpenProblem(o => o.Process.File == "/" + o.Target.File).ShouldSatisfyAllConditions(
            p => p.Code.ShouldBe("GHX002"), p => p.Expression.ShouldBe("""
                "/" + o.Target.File
                """));
    }

    [Fact]
    public void A_value_that_the_field_never_has_is_refused()
    {
        string? nothing = null;
        List<string>? noList = null;
        OpenRight[] unset = [default];

        Rules.ExecProblem(e => e.Image.Path == null!).Code.ShouldBe("GHX003");
        Rules.ExecProblem(e => e.Image.Path == nothing).Expression.ShouldBe("e.Image.Path == nothing");
        Rules.ExecProblem(e => new[] { "/a", null }.Contains(e.Image.Path)).Code.ShouldBe("GHX003");
        Rules.ExecProblem(e => e.Process.Uid == -1).Message.ShouldContain("-1");
        Rules.OpenProblem(o => o.Right == (OpenRight)99).ShouldSatisfyAllConditions(
            p => p.Code.ShouldBe("GHX003"), p => p.Message.ShouldContain("`open.right` has no value"));
        Rules.OpenProblem(o => unset.Contains(o.Right)).Code.ShouldBe("GHX003");
        Rules.ExecProblem(e => noList!.Contains(e.Image.Path)).Expression.ShouldBe("noList");
    }

    [Fact]
    public void A_value_that_cannot_be_computed_is_named_with_the_reason()
    {
        var tools = new Dictionary<string, string>();

        var problem = Rules.ExecProblem(e => e.Image.Path == tools["gdb"]);

        problem.Code.ShouldBe("GHX004");
        problem.Expression.ShouldBe("""tools["gdb"]""");
        problem.Message.ShouldContain("KeyNotFoundException");
    }

    [Fact]
    public void Comparisons_that_ignore_case_are_refused()
    {
        var ignoring = new HashSet<string>(["/a"], StringComparer.OrdinalIgnoreCase);

        Rules.ExecProblem(e => e.Image.Path.StartsWith("/a", StringComparison.OrdinalIgnoreCase)).Message
            .ShouldContain("StringComparison.OrdinalIgnoreCase");
        Rules.ExecProblem(e => e.Image.Path.Equals("/a", StringComparison.CurrentCulture)).Code.ShouldBe("GHX005");
        Rules.ExecProblem(e => ignoring.Contains(e.Image.Path)).ShouldSatisfyAllConditions(
            p => p.Code.ShouldBe("GHX005"), p => p.Expression.ShouldBe("ignoring.Contains(e.Image.Path)"));
        Rules.ExecProblem(e => Enumerable.Contains(ignoring, e.Image.Path, StringComparer.OrdinalIgnoreCase)).Code.ShouldBe("GHX005");
    }

    [Fact]
    public void Inside_Any_one_thing_is_asked_of_the_element_alone()
    {
        Func<string, bool> isLong = a => a.Length > 3;

        Rules.ExecProblem(e => e.Arguments.Any(a => a.StartsWith("-") && a.EndsWith("x"))).ShouldSatisfyAllConditions(
            p => p.Code.ShouldBe("GHX006"),
            p => p.Expression.ShouldBe("""a => a.StartsWith("-") && a.EndsWith("x")"""),
            p => p.Suggestion!.ShouldContain("several Any"));
        Rules.ExecProblem(e => e.Arguments.Any(a => a != "x")).Code.ShouldBe("GHX006");
        Rules.ExecProblem(e => e.Arguments.Any(a => true)).Code.ShouldBe("GHX006");
        Rules.ExecProblem(e => e.Arguments.Any(a => a == "x" || e.SetuidGain)).Message.ShouldContain("only `a` can be tested");
        Rules.ExecProblem(e => Ancestor.Any(e.Process, p => p.File == "/a" && e.Process.File == "/b")).Code.ShouldBe("GHX006");
        Rules.ExecProblem(e => Ancestor.Any(e.Process, p => true)).Code.ShouldBe("GHX006");
        Rules.ExecProblem(e => e.Arguments.Any(isLong)).ShouldSatisfyAllConditions(
            p => p.Code.ShouldBe("GHX001"), p => p.Expression.ShouldBe("isLong"));
    }

    [Fact]
    public void All_problems_of_all_rules_are_found_at_once_each_at_its_rule()
    {
        var policy = PolicyBuilder.Translate("test", p => p
            .OnProcessExec(e => e.Image.Path.Contains("a") || e.Image.Path.Contains("b"), r => r.Named("one").Deny())
            .OnProcessExec(e => e.Image.Memfd, r => r.Named("sound").Deny())
            .OnProcessOpen(o => o.Target.Uid == -1, r => r.Allow().Deny()));

        policy.Problems.Select(p => (p.Rule, p.Code)).ShouldBe(
            [("one", "GHX001"), ("one", "GHX001"), ("process.open-3", "GHX007"), ("process.open-3", "GHX003")]);
        policy.Rules.Select(r => r.Draft.Name).ShouldBe(["sound"]);
        policy.Problems[0].ToString().ShouldMatch("""
            ^ProblemTests\.cs\(\d+\): error GHX001: rule "one": `e\.Image\.Path\.Contains\("a"\)`: A condition .*\(write Glob
            """.Trim());
        (policy.Problems[2].Line - policy.Problems[0].Line).ShouldBe(2);
    }

    [Fact]
    public void A_rule_needs_an_action_and_a_policy_a_rule()
    {
        PolicyBuilder.Translate("test", p => p.OnProcessExec(e => true, r => r.Named("none"))).Problems.Single().Code.ShouldBe("GHX007");
        PolicyBuilder.Translate("test", _ => { }).Problems.Single().Code.ShouldBe("GHX010");
        PolicyBuilder.Translate("test", p => p.OnProcessExec(e => true, r => r.Audit().Audit())).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Two_sets_of_one_name_are_refused_if_they_differ()
    {
        var a = new PolicySet("tools", ["/a"]);
        var b = new PolicySet("tools", ["/b"]);
        var c = new PolicySet("tools", ["/a"]);

        PolicyBuilder.Translate("test", p => p.OnProcessExec(e => a.Contains(e.Image.Path) || c.Contains(e.Image.Path), r => r.Deny()))
            .Problems.ShouldBeEmpty();
        PolicyBuilder.Translate("test", p => p.OnProcessExec(e => a.Contains(e.Image.Path) || b.Contains(e.Image.Path), r => r.Deny()))
            .Problems.Single().Code.ShouldBe("GHX009");
    }

    [Fact]
    public void An_expression_that_is_nested_too_deeply_is_a_problem_and_no_crash()
    {
        var e = Expression.Parameter(typeof(IExecFields), "e");
        Expression body = Expression.Property(e, "SetuidGain");
        for (var i = 0; i < 100_000; i++)
        {
            body = Expression.Not(body);
        }

        Rules.ExecProblem(Expression.Lambda<Func<IExecFields, bool>>(body, e)).Code.ShouldBe("GHX008");
    }

    [Fact]
    public void The_functions_of_rules_cannot_be_called()
    {
        Should.Throw<InvalidOperationException>(() => Glob.Matches("/a", "/*"));
        Should.Throw<InvalidOperationException>(() => Ancestor.Any(null!, p => true));
    }
}
