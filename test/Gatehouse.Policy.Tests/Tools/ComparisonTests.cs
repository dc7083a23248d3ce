using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Tools;

public sealed class ComparisonTests
{
    private const string A = "  - {name: a, on: process.exec, when: 'image.path == \"/a\"', action: deny}\n";
    private const string B = "  - {name: b, on: process.exec, when: 'image.path == \"/b\"', action: deny}\n";
    private const string C = "  - {name: c, on: process.exec, when: 'image.path == \"/c\"', action: deny}\n";

    [Theory]
    [InlineData("image.path in [\"/a\", \"/b\"]", "image.path in [\"/b\", \"/a\", \"/a\"]")]
    [InlineData("image.path == \"/a\" && process.uid == 0", "process.uid == 0 && (image.path in [\"/a\"])")]
    [InlineData("image.path in some", "image.path in [\"/a\", \"/b\"]")]
    [InlineData("process.uid in [1, 2, 3]", "process.uid in [3, 1, 2]")]
    public void What_means_the_same_is_no_difference(string before, string after) =>
        Compare(Rule(before), Rule(after)).ShouldBeEmpty();

    [Fact]
    public void Comments_defaults_and_the_order_of_keys_are_no_difference() =>
        Compare(A, "  # a comment\n  - action: deny\n    name: a\n    severity: medium\n    mode: enforce\n    on: [process.exec]\n    when: image.path == \"/a\"\n")
            .ShouldBeEmpty();

    [Fact]
    public void Values_of_a_list_are_named_one_by_one()
    {
        var change = Compare(Rule("image.path in some"), Rule("image.path in [\"/b\", \"/c\"]")).ShouldHaveSingleItem();

        (change.Kind, change.Rule, change.Key).ShouldBe((PolicyChangeKind.RuleKey, "a", "when"));
        change.ValuesAdded.ShouldBe(["/c"]);
        change.ValuesRemoved.ShouldBe(["/a"]);
    }

    [Theory]
    [InlineData("image.path == \"/a\"", "image.path.startsWith(\"/a\")")]
    [InlineData("process.uid < 3", "process.uid <= 3")]
    [InlineData("image.memfd", "!image.memfd")]
    [InlineData("ancestor(process.executable == \"/a\")", "process.executable == \"/a\"")]
    [InlineData("\"user\" in create.namespaces", "\"pid\" in create.namespaces", "process.create")]
    [InlineData("exec.arguments.exists(x, x.startsWith(\"a\"))", "exec.arguments.exists(x, x.endsWith(\"a\"))")]
    public void Another_condition_is_a_difference_with_both_texts(string before, string after, string on = "process.exec")
    {
        var change = Compare(Rule(before, on), Rule(after, on)).ShouldHaveSingleItem();

        change.Key.ShouldBe("when");
        change.ValuesAdded.ShouldBeEmpty();
        string.Equals(change.Before, change.After, StringComparison.Ordinal).ShouldBeFalse();
    }

    public static TheoryData<string> ComparedKeys => [.. DocumentKeys.Rule.Where(k => k is not "name")];

    /// <summary>A key that the parser gets to know has no values here, which fails.</summary>
    [Theory]
    [MemberData(nameof(ComparedKeys))]
    public void Each_key_of_a_rule_is_compared(string key)
    {
        // Once written out and once, if it can be, left to its default.
        var (from, to, isDefault) = key switch
        {
            "on" => ("process.exec", "image.load", false),
            "when" => ("image.path in [\"/a\"]", "image.path in [\"/b\"]", false),
            "action" => ("deny", "kill", false),
            "mode" => ("enforce", "audit", true),
            "severity" => ("medium", "high", true),
            "tags" => ("T1059, T1105", "T1059", false),
            "onFull" => ("deny", "allow", true),
            "onMiss" => ("deny", "allow", true),
            "description" => ("", "x", true),
            _ => throw new ArgumentException(key, nameof(key)),
        };

        (string?, string?, string?) expected = (key, from, to);
        OfChange(RuleWith(key, from), RuleWith(key, to)).ShouldBe(expected);
        if (isDefault)
        {
            OfChange(RuleWith(null, ""), RuleWith(key, to)).ShouldBe(expected);
        }
    }

    [Fact]
    public void Rules_that_come_and_go_are_named_with_what_they_do()
    {
        var changes = Compare(A + B, B + C);

        changes.Select(c => (c.Kind, c.Rule)).ShouldBe([(PolicyChangeKind.RuleRemoved, "a"), (PolicyChangeKind.RuleAdded, "c")]);
        changes[1].After.ShouldBe("deny process.exec when image.path in [\"/c\"]");
    }

    [Fact]
    public void Another_order_is_a_difference_and_the_fewest_moves_explain_it()
    {
        var change = Compare(A + B + C, C + A + B).ShouldHaveSingleItem();

        (change.Kind, change.Rule, change.Before, change.After).ShouldBe((PolicyChangeKind.RuleMoved, "c", "b", null));
    }

    [Fact]
    public void A_rule_that_comes_or_goes_moves_no_other() =>
        Compare(A + B + C, B + C).ShouldHaveSingleItem().Kind.ShouldBe(PolicyChangeKind.RuleRemoved);

    [Fact]
    public void The_keys_of_the_policy_are_compared()
    {
        var before = ToolPolicy.Parsed("apiVersion: gatehouse/v1\nmetadata: {name: p}\nrules:\n" + A);
        var after = ToolPolicy.Parsed("apiVersion: gatehouse/v1\nmetadata: {name: q, altitude: 5, client: c}\nrules:\n" + A);

        PolicyComparison.Compare([before], [after]).Select(c => (c.Key, c.Before, c.After))
            .ShouldBe([("name", "p", "q"), ("client", "local", "c"), ("altitude", "1000", "5")]);
    }

    [Fact]
    public void Several_policies_are_compared_by_name()
    {
        var (p, q, r) = (ToolPolicy.Document(A, "p"), ToolPolicy.Document(A, "q"), ToolPolicy.Document(A, "r"));

        PolicyComparison.Compare([p, q], [q, r]).Select(c => (c.Kind, c.Policy))
            .ShouldBe([(PolicyChangeKind.PolicyRemoved, "p"), (PolicyChangeKind.PolicyAdded, "r")]);
    }

    /// <summary>A rule with all keys that must be there, and one with the given value.</summary>
    private static string RuleWith(string? key, string value)
    {
        var keys = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = "a", ["on"] = "process.exec", ["when"] = "image.path in [\"/a\"]", ["action"] = "deny",
        };
        if (key is not null)
        {
            keys[key] = value;
        }

        return "  - {" + string.Join(", ", keys.Select(k => $"{k.Key}: {(k.Key is "tags" ? $"[{k.Value}]" : $"'{k.Value}'")}")) + "}\n";
    }

    private static (string?, string?, string?) OfChange(string before, string after)
    {
        var change = Compare(before, after).ShouldHaveSingleItem();
        return (change.Key, change.Before, change.After);
    }

    private static string Rule(string when, string on = "process.exec") =>
        $"  - name: a\n    on: {on}\n    action: audit\n    when: |-\n      {when}\n";

    private static IReadOnlyList<PolicyChange> Compare(string before, string after) =>
        PolicyComparison.Compare([Document(before)], [Document(after)]);

    private static PolicyDocument Document(string rules) =>
        ToolPolicy.Document(rules, head: rules.Contains("in some", StringComparison.Ordinal) ? "sets: {some: [/a, /b]}\n" : "");
}
