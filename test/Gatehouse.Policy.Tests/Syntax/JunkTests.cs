using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Policy.Tests.Schema;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Syntax;

/// <summary>Whatever the bytes are, parsing ends soon and with diagnostics, not with an exception.</summary>
[Collection(Alone.Name)]
public sealed class JunkTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public void Random_bytes_are_refused_without_an_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => EndsWithDiagnosis(bytes)).Check(Quick(3_000));

    [Fact]
    public void Random_sequences_of_what_yaml_and_conditions_are_made_of_do_not_crash() =>
        Prop.ForAll(Junk.OfFragments, bytes => EndsWithDiagnosis(bytes)).Check(Quick(5_000));

    [Fact]
    public void Random_conditions_do_not_crash() =>
        Prop.ForAll(Junk.Conditions, when => EndsWithDiagnosis(File(when))).Check(Quick(20_000));

    [Fact]
    public void Mutated_files_of_the_corpus_do_not_crash() =>
        Prop.ForAll(Junk.OfTheCorpus, bytes => EndsWithDiagnosis(bytes)).Check(Quick(5_000));

    [Fact]
    public void Files_of_the_corpus_that_end_early_do_not_crash()
    {
        foreach (var file in Junk.Corpus())
        {
            for (var length = 0; length < file.Length; length += Math.Max(1, file.Length / 300))
            {
                EndsWithDiagnosis(file[..length]).ShouldBeTrue();
            }
        }
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("{a: ")]
    [InlineData("\"")]
    [InlineData("!")]
    [InlineData("&a ")]
    [InlineData("a: ")]
    [InlineData("a\n")]
    [InlineData("a: b\n")]
    [InlineData("---\n")]
    [InlineData("#")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("x")]
    public void A_full_file_of_one_thing_is_refused_soon(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, PolicyLimits.MaxFileBytes / part.Length));
        var source = TestPolicy.Source(text);
        var clock = CpuClock.StartNew();

        var result = TestPolicy.ParseOnly(source);

        clock.Elapsed.ShouldBeLessThan(Soon);
        result.Document.ShouldBeNull();
        SchemaAgreement.Check(source, result);
    }

    [Theory]
    [InlineData("(", "")]
    [InlineData("!", "")]
    [InlineData("image.path == '/a' && ", "true")]
    [InlineData("image.path == '/a' || ", "true")]
    [InlineData("image.path in ['/a'] && (", "")]
    [InlineData("image.pth || ", "true")]
    [InlineData("'/a',", "")]
    [InlineData("\\\\q", "")]
    [InlineData("process.uid != 7 && ", "true")]
    [InlineData("process.uid == 7 || ", "true")]
    [InlineData("(image.memfd || image.overlay) && ", "true")]
    [InlineData("!(image.sha256 in []) && (image.setuid || ", "")]
    [InlineData("ancestor(", "")]
    [InlineData("ancestor(process.sha256 == 'x') || ", "true")]
    [InlineData("'CAP_KIL' in process.capabilities || ", "true")]
    [InlineData("exec.arguments.exists(a, a == 'x') && ", "true")]
    [InlineData("exec.arguments.exists(a, (", "")]
    [InlineData("image.path.contains(", "")]
    [InlineData("image.path.matches('/**/a*b?') || ", "true")]
    [InlineData("process.uid < -1 || ", "true")]
    public void A_condition_that_fills_the_file_is_answered_soon(string part, string end)
    {
        var when = string.Concat(Enumerable.Repeat(part, 900_000 / part.Length)) + end;
        var source = TestPolicy.Source(TestPolicy.File("a", TestPolicy.Rule("r", "audit", when)));
        var clock = CpuClock.StartNew();

        var result = TestPolicy.ParseOnly(source);

        clock.Elapsed.ShouldBeLessThan(Soon);
        result.Diagnostics.Count.ShouldBeLessThanOrEqualTo(PolicyLimits.MaxDiagnosticsPerFile + 1);
        SchemaAgreement.Check(source, result);
    }

    [Fact]
    public void A_file_of_ten_megabytes_is_refused_unread()
    {
        var clock = CpuClock.StartNew();

        var result = TestPolicy.Parse(new PolicySource("big.yaml", new byte[10 * 1024 * 1024]));

        var diagnostic = result.Diagnostics.ShouldHaveSingleItem();
        diagnostic.Code.ShouldBe("GH1002");
        diagnostic.Message.ShouldContain("8388608");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void A_file_of_exactly_eight_mebibytes_is_read_and_one_byte_more_is_not()
    {
        var policy = TestPolicy.File("a", TestPolicy.Rule("r", "audit", "true"));
        var full = policy + "#" + new string('x', PolicyLimits.MaxFileBytes - policy.Length - 1);

        TestPolicy.Parse(full).Document.ShouldNotBeNull();
        TestPolicy.Codes(TestPolicy.Parse(full + "x")).ShouldBe(["GH1002"]);
    }

    [Fact]
    public void A_condition_of_the_longest_length_is_read_and_one_character_more_is_not()
    {
        var full = "true".PadRight(PolicyLimits.MaxConditionLength - 1) + "|";
        var policy = TestPolicy.File("a", TestPolicy.Rule("r", "audit", full), TestPolicy.Rule("q", "audit", full + "|"));

        var codes = TestPolicy.Codes(TestPolicy.Parse(policy));

        codes.ShouldBe(["GH2008", "GH2004", "GH2020"]);
    }

    [Theory]
    [InlineData("\"a\\nb\\e[2J\": 1")]
    [InlineData("rules: [{when: \"image.path == '/a\\n//b\\u202E' \\e\"}]")]
    [InlineData("metadata: {name: \"a\\u2028b\"}")]
    public void What_a_file_contains_cannot_forge_lines_of_output(string text)
    {
        var result = TestPolicy.Parse(text);

        result.Diagnostics.ShouldContain(d => d.Message.Contains('\uFFFD'));
        result.Diagnostics.ShouldAllBe(d => !d.ToString().Any(c => char.IsControl(c) || c == '\u202E' || c == '\u2028'));
    }

    [Fact]
    public void After_two_hundred_findings_one_more_says_that_there_are_others()
    {
        var result = TestPolicy.Parse(string.Concat(Enumerable.Range(0, 500).Select(i => $"key{i}: 1\n")));

        result.Diagnostics.Count.ShouldBe(PolicyLimits.MaxDiagnosticsPerFile + 1);
        result.Diagnostics[^1].Code.ShouldBe("GH1009");
        result.Diagnostics.Count(d => d.Severity == DiagnosticSeverity.Error).ShouldBe(PolicyLimits.MaxDiagnosticsPerFile);
    }

    [Fact]
    public void Many_warnings_neither_refuse_a_policy_nor_hide_an_error()
    {
        var shadowed = Enumerable.Range(0, 300).Select(i => TestPolicy.Rule($"r{i}", "deny", "image.path == '/a'")).ToList();

        var warned = TestPolicy.Parse(TestPolicy.File("a", [.. shadowed]));
        var refused = TestPolicy.Parse(TestPolicy.File("a", [.. shadowed, TestPolicy.Rule("last", "deny", "image.path == 'a'")]));

        warned.Document.ShouldNotBeNull();
        warned.Diagnostics[^1].Code.ShouldBe("GH1009");
        refused.Document.ShouldBeNull();
        refused.Diagnostics.ShouldContain(d => d.Code == "GH2010");
    }

    private static bool EndsWithDiagnosis(byte[] bytes)
    {
        var result = TestPolicy.Parse(new PolicySource("junk.yaml", bytes));
        var refused = result.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
        return (result.Document is null) == refused
            && result.Diagnostics.All(d => d.Span is { StartLine: >= 1, StartColumn: >= 1 }
                && (d.Span.EndLine, d.Span.EndColumn).CompareTo((d.Span.StartLine, d.Span.StartColumn)) >= 0);
    }

    /// <summary>A rule that all operations with the fields of <see cref="Junk.Conditions"/> share; checks go on after errors.</summary>
    private static byte[] File(string when) => Encoding.UTF8.GetBytes(
        "apiVersion: gatehouse/v1\nmetadata: {name: junk}\nsets: {someset: [/a, 'x', '7']}\nrules:\n"
        + string.Concat(new[] { "kill", "deny", "audit", "allow" }.Select(action =>
            $"  - name: {action}\n    on: process.exec\n    action: {action}\n    when: |-\n      {when}\n")));

    private static Config Quick(int cases) => Config.QuickThrowOnFailure.WithMaxTest(cases);
}
