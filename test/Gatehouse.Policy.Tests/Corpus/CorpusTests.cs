using System.Globalization;
using System.Text;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Corpus;

/// <summary>
/// Each file of test/corpus/policies has its approved diagnostics beside it. UPDATE_CORPUS=1 writes them anew; then read
/// the difference before you commit it. Files in "uncompilable" are well-formed and go beyond what an image can hold.
/// </summary>
public sealed class CorpusTests
{
    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_CORPUS") is "1";

    public static TheoryData<string> Names => [.. RepositoryFiles.CorpusNames];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_gives_its_approved_diagnostics(string name)
    {
        var actual = Render(name);
        var approved = Path.ChangeExtension(Path.Combine(RepositoryFiles.Corpus, name), ".diagnostics.txt");
        if (Update)
        {
            File.WriteAllText(approved, actual);
        }

        File.Exists(approved).ShouldBeTrue($"{approved} is missing; UPDATE_CORPUS=1 writes it.");
        actual.ShouldBe(File.ReadAllText(approved));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_is_accepted_exactly_if_it_is_not_in_the_invalid_folder(string name)
    {
        var result = TestPolicy.Parse(RepositoryFiles.ReadCorpus(name));

        var valid = !name.StartsWith("invalid/", StringComparison.Ordinal);
        (result.Document is not null).ShouldBe(valid);
        result.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error).ShouldBe(!valid);
    }

    [Fact]
    public void The_ready_made_policies_are_accepted_without_a_finding()
    {
        // The cases beside a policy are no policies.
        var files = Directory.GetFiles(Path.Combine(RepositoryFiles.Root, "policies"), "*.yaml")
            .Where(static f => !f.EndsWith(".test.yaml", StringComparison.Ordinal))
            .ToList();

        files.Count.ShouldBeGreaterThanOrEqualTo(5);
        foreach (var file in files)
        {
            TestPolicy.Parse(new PolicySource(file, File.ReadAllBytes(file))).Diagnostics.ShouldBeEmpty();
        }
    }

    [Fact]
    public void No_approved_file_is_left_over()
    {
        var approved = Directory.EnumerateFiles(RepositoryFiles.Corpus, "*.diagnostics.txt", SearchOption.AllDirectories);

        approved.Where(f => !File.Exists(f.Replace(".diagnostics.txt", ".yaml", StringComparison.Ordinal))).ShouldBeEmpty();
        RepositoryFiles.CorpusNames.Count.ShouldBeGreaterThan(20);
    }

    private static string Render(string name)
    {
        var result = TestPolicy.Parse(RepositoryFiles.ReadCorpus(name));
        var output = new StringBuilder();
        foreach (var diagnostic in result.Diagnostics)
        {
            var span = diagnostic.Span;
            output.Append(diagnostic).Append('\n');
            output.Append(CultureInfo.InvariantCulture, $"    to {span.EndLine}:{span.EndColumn}\n");
        }

        return output.ToString();
    }
}
