using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Diagnostics;

/// <summary>Codes are promises: the table in the documentation, the code and the tests name the same ones.</summary>
public sealed partial class DiagnosticTableTests
{
    [Fact]
    public void The_documentation_has_one_line_for_each_diagnostic_with_the_same_words()
    {
        var text = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "reference", "diagnostics.md"));
        var documented = TableLine().Matches(text)
            .Select(m => (m.Groups["code"].Value, m.Groups["severity"].Value, m.Groups["title"].Value))
            .ToList();

        documented.ShouldBe(DiagnosticCatalog.All.Select(d => (d.Code, PolicyWords.Of(d.Severity), d.Title)));
    }

    [Fact]
    public void Codes_are_unique_sorted_and_all_in_the_list()
    {
        var codes = DiagnosticCatalog.All.Select(d => d.Code).ToList();
        var fields = typeof(DiagnosticCatalog)
            .GetFields(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)
            .Where(f => f.FieldType == typeof(DiagnosticDescriptor))
            .Select(f => ((DiagnosticDescriptor)f.GetValue(null)!).Code);

        codes.ShouldBe(codes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        fields.ShouldBe(codes, ignoreOrder: true);
    }

    [Fact]
    public void Every_diagnostic_occurs_in_the_corpus_or_in_a_test()
    {
        var tests = Directory.EnumerateFiles(
            Path.Combine(RepositoryFiles.Root, "test", "Gatehouse.Policy.Tests"), "*Tests.cs", SearchOption.AllDirectories);
        var corpus = Directory.EnumerateFiles(RepositoryFiles.Corpus, "*.diagnostics.txt", SearchOption.AllDirectories);
        var seen = tests.Concat(corpus)
            .SelectMany(f => Code().Matches(File.ReadAllText(f)).Select(m => m.Value))
            .ToHashSet(StringComparer.Ordinal);

        DiagnosticCatalog.All.Select(d => d.Code).Except(seen, StringComparer.Ordinal).ShouldBeEmpty();
        seen.Except(DiagnosticCatalog.All.Select(d => d.Code), StringComparer.Ordinal).ShouldBeEmpty();
    }

    [GeneratedRegex(@"^\| (?<code>GH\d{4}) \| (?<severity>error|warning) \| (?<title>[^|]+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TableLine();

    [GeneratedRegex(@"GH\d{4}", RegexOptions.None, 1000)]
    private static partial Regex Code();
}
