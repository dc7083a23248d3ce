using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Diagnostics;

/// <summary>What docs/reference/policy-language.md shows and states is so.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Text =
        File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "reference", "policy-language.md"));

    [Fact]
    public void The_policy_it_shows_is_accepted_without_a_finding()
    {
        var begin = Text.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        var policy = Text[begin..Text.IndexOf("```", begin, StringComparison.Ordinal)];

        TestPolicy.Codes(TestPolicy.Parse(policy)).ShouldBeEmpty();
        policy.ShouldStartWith("apiVersion:");
    }

    [Theory]
    [InlineData("policies in force together", PolicyLimits.MaxPolicies)]
    [InlineData("rules in a policy", PolicyLimits.MaxRulesPerPolicy)]
    [InlineData("rules of all policies", PolicyLimits.MaxRules)]
    [InlineData("rows of all policies, each filled up to a multiple of 64", PolicyLimits.MaxRows)]
    [InlineData("different vectors of all policies", PolicyLimits.MaxValues)]
    [InlineData("entries of the automaton of paths and patterns", PolicyLimits.MaxAutomatonEntries)]
    [InlineData("different ancestor tests, also argument and environment tests", PolicyLimits.MaxTests)]
    [InlineData("steps of one operation's plan", PolicyLimits.MaxPlanSteps)]
    [InlineData("characters of a condition", PolicyLimits.MaxConditionLength)]
    [InlineData("nesting of a condition", PolicyLimits.MaxConditionDepth)]
    public void The_limits_it_states_are_those_of_the_code(string what, int limit) =>
        Text.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"| {what} | {limit:N0} |"));

    [Fact]
    public void It_states_the_size_of_a_file_and_of_a_path()
    {
        Text.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"| file | {PolicyLimits.MaxFileBytes / 1024 / 1024} MiB |"));
        Text.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"| a path, a pattern, an argument | {PolicyLimits.MaxPathBytes} bytes |"));
    }

    [Fact]
    public void Its_table_of_fields_is_the_catalogue()
    {
        var documented = FieldLine().Matches(Text).Select(m => m.Value).ToList();

        documented.ShouldBe(FieldCatalog.All.Select(LineOf));
        documented.Count.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void Its_table_of_words_has_those_of_each_field()
    {
        var withWords = FieldCatalog.All.Where(f => f.Type is FieldType.Word or FieldType.Words && f.Words != Capabilities.Words);

        foreach (var field in withWords)
        {
            Text.ShouldContain($"| `{field.Name}` | {string.Join(", ", field.Words.Select(w => $"`{w.Word}`"))} |");
        }
    }

    [Fact]
    public void It_names_every_operation_and_word()
    {
        var words = PolicyWords.Operations.Select(o => o.Word)
            .Concat(PolicyWords.Severities.Select(s => s.Word))
            .Concat(PolicyWords.Actions.Select(s => s.Word))
            .Concat(FieldCatalog.All.Where(f => f.Type == FieldType.Word).SelectMany(f => f.Words.Select(w => w.Word)))
            .Concat(FieldCatalog.Find("create.namespaces")!.Words.Select(w => w.Word));

        words.ShouldAllBe(word => Text.Contains($"`{word}`", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_condition_that_it_shows_in_a_list_of_examples_is_accepted()
    {
        var examples = Example().Matches(Text).Select(m => (On: m.Groups["on"].Value, When: m.Groups["when"].Value)).ToList();

        examples.Count.ShouldBeGreaterThan(5);
        foreach (var (on, when) in examples)
        {
            var action = when.Contains("exec.", StringComparison.Ordinal) ? "kill" : "deny";
            TestPolicy.Codes(TestPolicy.Parse(TestPolicy.File(
                "p", $"name: r, on: [{on}], action: {action}, when: '{when.Replace("'", "''", StringComparison.Ordinal)}'"))).ShouldBeEmpty(when);
        }
    }

    private static string LineOf(PolicyField field)
    {
        var operations = PolicyWords.Operations.Where(o => field.Operations.HasFlag(o.Value)).Select(o => o.Word).ToList();
        var where = operations.Count == PolicyWords.Operations.Length ? "all" : string.Join(", ", operations);
        return $"| `{field.Name}` | {TypeWord(field.Type)} | {where} | {field.Description} |";
    }

    private static string TypeWord(FieldType type) => type switch
    {
        FieldType.Sha256 => "SHA-256",
        FieldType.Words => "list of words",
        FieldType.Texts => "list of texts",
        _ => type.ToString().ToLowerInvariant(),
    };

    [GeneratedRegex(@"^\| `\w+\.\w+` \| (path|file|SHA-256|number|word|flag|list of words|list of texts) \|.*\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FieldLine();

    [GeneratedRegex(@"^(?<on>[a-z., ]+): `(?<when>[^`]+)`$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();
}
