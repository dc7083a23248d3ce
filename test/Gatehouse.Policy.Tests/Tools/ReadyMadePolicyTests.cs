using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Tools;

/// <summary>The ready-made policies decide as the cases beside them say.</summary>
public sealed class ReadyMadePolicyTests
{
    private static readonly string s_folder = Path.Combine(RepositoryFiles.Root, "policies");

    public static TheoryData<string> Policies =>
    [
        .. Directory.EnumerateFiles(s_folder, "*.yaml").Select(Path.GetFileName).OfType<string>()
            .Where(static f => !f.EndsWith(".test.yaml", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_ready_made_policy_decides_as_its_cases_say(string file)
    {
        var (image, cases) = Read(file);

        var failed = cases.Select(c => PolicyCaseRunner.Run(image, c)).Where(r => !r.Passed)
            .Select(r => $"{r.Case.Span}: {r.Case.Name}: {r.Actual} by {r.Rule} {r.Disagreement}");

        failed.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Each_rule_has_a_case_that_it_decides_and_each_policy_one_that_goes_on(string file)
    {
        var (image, cases) = Read(file);

        image.Rules.Select(r => r.Name).Except(cases.Select(c => c.Rule), StringComparer.Ordinal).ShouldBeEmpty();
        cases.ShouldContain(c => c.Expected == CaseVerdict.Allow);
        cases.ShouldContain(c => c.Expected != CaseVerdict.Allow);
    }

    [Fact]
    public void Every_file_of_cases_has_its_policy() =>
        Directory.EnumerateFiles(s_folder, "*.test.yaml")
            .Where(static f => !File.Exists(f.Replace(".test.yaml", ".yaml", StringComparison.Ordinal)))
            .ShouldBeEmpty();

    private static (PolicyImage Image, IReadOnlyList<PolicyCase> Cases) Read(string file)
    {
        var document = ToolPolicy.Parsed(File.ReadAllText(Path.Combine(s_folder, file)));
        var cases = Path.Combine(s_folder, Path.ChangeExtension(file, ".test.yaml"));
        var parsed = PolicyCaseParser.Parse(new PolicySource(cases, File.ReadAllBytes(cases)), [document]);
        parsed.Cases.ShouldNotBeNull(string.Join('\n', parsed.Diagnostics));
        return (ToolPolicy.Compile(document), parsed.Cases);
    }
}
