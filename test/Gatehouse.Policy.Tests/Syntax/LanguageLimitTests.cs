using System.Globalization;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Syntax;

/// <summary>Each limit of a single file: the last thing that is possible, and the first that is not.</summary>
public sealed class LanguageLimitTests
{
    [Fact]
    public void Ten_thousand_rules_of_a_file_are_possible_and_one_more_is_not()
    {
        string Rules(int count) => File("p", [.. Enumerable.Range(0, count).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"name: r{i}, on: image.load, action: audit, when: \"image.path == '/{i}'\""))]);

        Parse(Rules(PolicyLimits.MaxRulesPerPolicy)).Document.ShouldNotBeNull();
        var diagnostic = Parse(Rules(PolicyLimits.MaxRulesPerPolicy + 1)).Diagnostics
            .Single(d => d.Severity == DiagnosticSeverity.Error);

        diagnostic.Code.ShouldBe("GH1021");
        diagnostic.Message.ShouldContain("10001");
        diagnostic.Span.StartLine.ShouldBe(3 + PolicyLimits.MaxRulesPerPolicy + 1);
    }

    [Fact]
    public void A_condition_may_be_sixty_four_deep()
    {
        string Nested(int depth) => new string('(', depth) + "image.path == '/a'" + new string(')', depth);

        Parse(File("p", Rule("r", "deny", Nested(PolicyLimits.MaxConditionDepth)))).Document.ShouldNotBeNull();
        Codes(Parse(File("p", Rule("r", "deny", Nested(PolicyLimits.MaxConditionDepth + 1))))).ShouldBe(["GH2005"]);
        Codes(Parse(File("p", Rule("r", "deny", new string('!', 66) + "(true)")))).ShouldBe(["GH2005"]);
    }

    [Fact]
    public void A_path_may_have_two_hundred_and_fifty_five_bytes()
    {
        string Of(string path) => File("p", Rule("r", "deny", $"image.path == '{path}'"));

        Parse(Of("/" + new string('a', 254))).Document.ShouldNotBeNull();
        Codes(Parse(Of("/" + new string('a', 255)))).ShouldBe(["GH2012"]);
        Codes(Parse(Of("/" + new string('é', 128)))).ShouldBe(["GH2012"]);
    }
}
