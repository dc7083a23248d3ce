using System.Globalization;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Diagnostics;

/// <summary>What docs/reference/policy-language.md shows and states is so.</summary>
public sealed class DocumentationTests
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
    [InlineData("rows of all policies, each filled up to a multiple of 64", PolicyLimits.MaxRows)]
    [InlineData("different paths and hashes of all policies", PolicyLimits.MaxValues - ImageBuilder.FixedVectors)]
    [InlineData("nesting of a condition", PolicyLimits.MaxConditionDepth)]
    public void The_limits_it_states_are_those_of_the_code(string what, int limit) =>
        Text.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"| {what} | {limit:N0} |"));

    [Fact]
    public void It_names_every_field_operation_and_word()
    {
        var words = ExpressionWords.Fields.Keys
            .Concat(PolicyWords.Operations.Select(o => o.Word))
            .Concat(PolicyWords.Severities.Select(s => s.Word))
            .Concat(ImageKindNames.All);

        words.ShouldAllBe(word => Text.Contains($"`{word}`", StringComparison.Ordinal));
    }
}
