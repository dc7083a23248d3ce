using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>The examples of the guide build, and do what it says.</summary>
public sealed class GuideTests
{
    private static readonly string s_guide =
        File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "guides", "policies-in-csharp.md"));

    [Fact]
    public void The_first_example_gives_the_text_that_is_shown()
    {
        var policy = GuideExamples.First();

        policy.Warnings.ShouldBeEmpty();
        s_guide.ShouldContain($"```yaml\n{policy.ToYaml()}```", Case.Sensitive);
    }

    [Fact]
    public void The_other_examples_are_accepted()
    {
        GuideExamples.Values().Document.Rules.Length.ShouldBe(1);
        GuideExamples.Arguments().Document.Rules.Length.ShouldBe(2);
        GuideExamples.Others().Document.Rules.Length.ShouldBe(4);
        GuideExamples.Shared().Document.Rules.Length.ShouldBe(2);
    }

    [Fact]
    public void The_broken_example_has_the_problems_that_are_shown() =>
        s_guide.ShouldContain($"```\n{string.Join('\n', GuideExamples.Problems())}\n```", Case.Sensitive);
}
