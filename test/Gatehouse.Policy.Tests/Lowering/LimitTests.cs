using System.Diagnostics;
using System.Globalization;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>
/// Each limit: the last thing that is possible, and the first that is not, with the number in the message.
/// </summary>
public sealed class LimitTests
{
    [Fact]
    public void A_thousand_rules_are_possible_and_one_more_is_not()
    {
        Parse(Rules("p", PolicyLimits.MaxRulesPerPolicy)).Document.ShouldNotBeNull();

        var diagnostic = Parse(Rules("p", PolicyLimits.MaxRulesPerPolicy + 1)).Diagnostics.ShouldHaveSingleItem();

        diagnostic.Code.ShouldBe("GH1021");
        diagnostic.Message.ShouldContain("1001");
        diagnostic.Span.StartLine.ShouldBe(3 + PolicyLimits.MaxRulesPerPolicy + 1);
    }

    [Fact]
    public void Sixteen_policies_are_possible_and_one_more_is_not()
    {
        var files = Enumerable.Range(0, PolicyLimits.MaxPolicies + 1).Select(i => Rules($"p{i}", 1)).ToArray();

        TryCompile(files[1..]).Image.ShouldNotBeNull();
        var compilation = TryCompile(files);

        compilation.Image.ShouldBeNull();
        compilation.Diagnostics.ShouldHaveSingleItem().Code.ShouldBe("GH1023");
    }

    [Fact]
    public void Two_files_with_one_policy_name_are_refused_and_both_are_named()
    {
        var compilation = TryCompile(Rules("same", 1), Rules("other", 1), Rules("same", 2));

        var diagnostic = compilation.Diagnostics.ShouldHaveSingleItem();
        compilation.Image.ShouldBeNull();
        diagnostic.Code.ShouldBe("GH1024");
        diagnostic.Message.ShouldContain("file0.yaml");
        diagnostic.Message.ShouldContain("file2.yaml");
        diagnostic.Span.File.ShouldBe("file2.yaml");
    }

    [Fact]
    public void Four_thousand_and_ninety_six_rows_are_possible_and_one_more_is_not()
    {
        string[] most = [Rules("a", 1000), Rules("b", 1000), Rules("c", 1000), Rules("d", 1000)];

        // Each of the four is padded to 1,024.
        TryCompile(most).Image!.Rows.Count.ShouldBe(PolicyLimits.MaxRows);
        var compilation = TryCompile([.. most, Rules("e", 1)]);

        var diagnostic = compilation.Diagnostics.ShouldHaveSingleItem();
        compilation.Image.ShouldBeNull();
        diagnostic.Code.ShouldBe("GH3005");
        diagnostic.Message.ShouldContain("4001 rows, 4160 with");
        diagnostic.Span.File.ShouldBe("file4.yaml");
    }

    [Fact]
    public void All_values_that_fit_are_possible_and_one_more_is_not()
    {
        const int Most = PolicyLimits.MaxValues - 11;
        string Paths(string name, int first, int count) => File(name, Rule("r", "deny", "image.path in ["
            + string.Join(',', Enumerable.Range(first, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"'/{i:x}'"))) + "]"));
        var half = Paths("a", 0, 40_000);

        TryCompile(half, Paths("b", 40_000, Most - 40_000)).Image!.Paths.Count.ShouldBe(Most);
        var compilation = TryCompile(half, Paths("b", 40_000, Most - 40_000 + 1));

        compilation.Image.ShouldBeNull();
        var diagnostic = compilation.Diagnostics.ShouldHaveSingleItem();
        diagnostic.Code.ShouldBe("GH3006");
        diagnostic.Message.ShouldContain("65526");
    }

    [Fact]
    public void A_condition_that_multiplies_out_too_far_is_named_with_its_rule_and_count()
    {
        string Side(int k, int n) => string.Join(" || ", Enumerable.Range(0, n).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"(image.path == '/{i}' && image.sha256 == '{(k * 1000) + i:x64}')")));

        var diagnostic = Parse(File("p", Rule("explodes", "deny", $"({Side(0, 64)}) && ({Side(1, 65)})")))
            .Diagnostics.ShouldHaveSingleItem();

        diagnostic.Code.ShouldBe("GH3004");
        diagnostic.Message.ShouldContain("\"explodes\"");
        diagnostic.Message.ShouldContain("4160");
        Codes(Parse(File("p", Rule("fits", "deny", $"({Side(0, 64)}) && ({Side(1, 64)})")))).ShouldBe(["GH3103"]);
    }

    [Fact]
    public void A_rule_of_four_thousand_alternatives_that_all_differ_is_possible_and_compiles_soon()
    {
        var when = string.Join(" || ", Enumerable.Range(0, 4_000).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"image.path == '/{i}' && image.sha256 == '{i:x64}'")));
        var clock = Stopwatch.StartNew();

        var image = Compile(File("p", Rule("r", "deny", when)));

        image.Policies[0].RowCount.ShouldBe(4_000);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Conditions_that_combine_large_sets_all_the_time_are_given_up_soon()
    {
        var sets = string.Concat(Enumerable.Range(0, 2).Select(s => $"  s{s}: ["
            + string.Join(',', Enumerable.Range(s, 30_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"/{i:x}"))) + "]\n"));
        var rules = Enumerable.Range(0, PolicyLimits.MaxRulesPerPolicy).Select(i =>
            Rule($"r{i}", "audit", "(image.path in s0 && image.path in s1 || image.path in s1) && (image.path in s1 || image.path in s0)"));
        var clock = Stopwatch.StartNew();

        var result = Parse(FileWith("p", "sets:\n" + sets, [.. rules]));

        result.Diagnostics.ShouldHaveSingleItem().Code.ShouldBe("GH3004");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
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

    [Fact]
    public void A_thousand_rules_compile_within_five_seconds()
    {
        var rules = Enumerable.Range(0, PolicyLimits.MaxRulesPerPolicy).Select(i => Rule(
            $"r{i}",
            "deny",
            string.Create(CultureInfo.InvariantCulture, $"image.path in ['/usr/bin/{i}', '/opt/{i % 7}'] || image.sha256 == '{i:x64}'")));
        var text = File("p", [.. rules]);
        Compile(Rules("warm", 10));
        var clock = Stopwatch.StartNew();

        var image = Compile(text);
        image.Fingerprint.Length.ShouldBe(64);

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        image.Policies[0].RowCount.ShouldBe(2 * PolicyLimits.MaxRulesPerPolicy);
    }

    private static string Rules(string name, int count) =>
        File(name, [.. Enumerable.Range(0, count).Select(i => Rule($"r{i}", "audit", $"image.path == '/{i}'"))]);
}
