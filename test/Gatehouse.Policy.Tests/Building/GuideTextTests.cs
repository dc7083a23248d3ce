using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>docs/guides/policies-in-csharp.md shows code that compiles, and names the codes that there are.</summary>
public sealed partial class GuideTextTests
{
    private static readonly string s_guide =
        File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "guides", "policies-in-csharp.md"));

    [Fact]
    public void Its_code_is_that_of_the_examples()
    {
        var source = File.ReadAllText(
            Path.Combine(RepositoryFiles.Root, "test", "Gatehouse.Policy.Tests", "Building", "GuideExamples.cs"));
        var examples = Example().Matches(source).Select(m => WithoutIndentation(m.Groups["code"].Value)).ToList();

        var quoted = Block().Matches(s_guide).Select(m => m.Groups["code"].Value).ToList();

        quoted.ShouldBe(examples);
        quoted.Count.ShouldBeGreaterThan(4);
    }

    [Fact]
    public void It_has_one_line_for_each_code_with_the_same_words() =>
        TableLine().Matches(s_guide).Select(m => (m.Groups["code"].Value, m.Groups["title"].Value))
            .ShouldBe(ProblemCodes.All.Select(d => (d.Code, d.Title)));

    [Fact]
    public void It_names_every_method_and_every_enumeration()
    {
        string[] names =
        [
            .. PolicyWords.Operations.Select(o => $"On{o.Value}"),
            .. FieldCatalog.All.Where(f => f.Type is FieldType.Word or FieldType.Words).Select(f => EnumTypes.Of(f).Name),
        ];

        names.ShouldAllBe(n => s_guide.Contains($"`{n}`", StringComparison.Ordinal));
    }

    private static string WithoutIndentation(string code)
    {
        var lines = code.Split('\n');
        var indentation = lines.Where(l => l.Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length == 0 ? l : l[indentation..]));
    }

    [GeneratedRegex(@"^ *// guide\n(?<code>.*?)^ *// end$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| (?<code>GHX\d{3}) \| (?<title>[^|]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TableLine();
}
