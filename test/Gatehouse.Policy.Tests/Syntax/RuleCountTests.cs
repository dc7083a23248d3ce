using System.Globalization;
using Shouldly;

namespace Gatehouse.Policy.Tests.Syntax;

/// <summary>How many rules one file may have.</summary>
public sealed class RuleCountTests
{
    [Fact]
    public void As_many_rules_as_allowed_are_accepted_and_one_more_is_refused_with_the_number()
    {
        Parse(PolicyLimits.MaxRulesPerPolicy).Diagnostics.ShouldBeEmpty();

        var finding = Parse(PolicyLimits.MaxRulesPerPolicy + 1).Diagnostics.ShouldHaveSingleItem();
        finding.Code.ShouldBe("GH1021");
        finding.Message.ShouldContain("10001");
    }

    private static PolicyParseResult Parse(int count) => TestPolicy.Parse(TestPolicy.File(
        "many",
        [
            .. Enumerable.Range(0, count).Select(i => TestPolicy.Rule(
                string.Create(CultureInfo.InvariantCulture, $"r{i}"), "deny", $"image.path == '/opt/{i}'")),
        ]));
}
