using System.Text;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Schema;

/// <summary>The schema and the parser say the same of every policy that there is, as far as structure goes.</summary>
public sealed class SchemaAgreementTests
{
    /// <summary>Values to put where others belong, as YAML.</summary>
    private static readonly string[] s_values =
    [
        "~", "null", "''", "\"\"", "7", "007", "\"7\"", "-7", "1.5", "true", "false", "text", "Text", "a_b", "a.b-c", "-a", "[]", "[~]", "[a]",
        "[[a]]", "{}", "{a: b}", "{a: [b]}", "{in: [b]}", "{Image: [b]}", "{a1: [7, true, x]}", "{a: [~]}", "{1a: [b]}", "deny", "allow",
        "kill", "audit", "enforce", "low", "process.exec", "[process.exec, image.load]", "[process.exec, process.exec]", "[T1059]",
        "[T1059.004, T1]", "[t1059]", "T1059", "1000000", "1000001", "gatehouse/v1", "gatehouse/v2",
    ];

    public static TheoryData<string> Files =>
    [
        .. RepositoryFiles.CorpusNames.Select(n => "test/corpus/policies/" + n),
        .. Below("policies", "*.yaml"),
        .. Below("examples", "policy*.yaml"),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_valid_by_the_schema_if_the_parser_accepts_it_and_invalid_if_its_structure_is(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(RepositoryFiles.Root, name));

        Compare(bytes);
    }

    [Fact]
    public void With_any_key_left_out_renamed_or_given_another_value_they_still_agree()
    {
        var answers = Variants().Select(yaml => Compare(yaml)).ToList();

        answers.Count(a => a == SchemaAnswer.Accepted).ShouldBeGreaterThan(50);
        answers.Count(a => a == SchemaAnswer.Rejected).ShouldBeGreaterThan(500);
    }

    [Theory]
    [InlineData("name", "+7")]
    [InlineData("name", "1E5")]
    [InlineData("name", "True")]
    [InlineData("altitude", "+7")]
    public void How_a_number_is_spelled_only_the_parser_can_see(string key, string value)
    {
        var yaml = $"apiVersion: gatehouse/v1\nmetadata: {{{(key is "name" ? "" : "name: a, ")}{key}: {value}}}\n{Rules}";

        Compare(yaml).ShouldBe(SchemaAnswer.Accepted);
        TestPolicy.Parse(yaml).Document.ShouldBeNull();
    }

    [Theory]
    [InlineData("tags: [\"T1059\\n\"]")]
    [InlineData("severity: \"low\\n\"")]
    public void A_line_end_behind_a_word_is_refused_by_both(string key) =>
        Compare($"{Head}rules: [{{name: a, on: process.exec, action: audit, {key}}}]\n").ShouldBe(SchemaAnswer.Rejected);

    [Fact]
    public void A_difference_would_be_noticed()
    {
        var accepted = TestPolicy.Parse(Head + Rules);
        var refused = TestPolicy.Parse(Head + "rules: []\n");

        Should.Throw<ShouldAssertException>(() => SchemaAgreement.Check(TestPolicy.Source(Head + "rules: []\n"), accepted));
        Should.Throw<ShouldAssertException>(() => SchemaAgreement.Check(TestPolicy.Source(Head + Rules), refused));
    }

    /// <summary>Parsing goes through <see cref="TestPolicy.Parse(PolicySource)"/>, which compares.</summary>
    [Fact]
    public void No_test_parses_a_text_past_the_comparison()
    {
        var past = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "test/Gatehouse.Policy.Tests"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(f).Contains("Policy" + "Parser.Parse(", StringComparison.Ordinal))
            .Select(f => Path.GetFileName(f));

        past.ShouldBe(["TestPolicy.cs"]);
    }

    [Fact]
    public void They_know_the_same_keys()
    {
        KeysOffered("zzzzzzzzzzzz: 1\n").ShouldBe(DocumentKeys.Policy);
        KeysOffered("metadata: {zzzzzzzzzzzz: 1}\n").ShouldBe(DocumentKeys.Metadata);
        KeysOffered("rules: [{zzzzzzzzzzzz: 1}]\n").ShouldBe(DocumentKeys.Rule);
    }

    [Fact]
    public void They_have_the_same_defaults()
    {
        var document = TestPolicy.Document(
            $"apiVersion: {DocumentKeys.ApiVersion}\nmetadata: {{name: a}}\nrules: [{{name: a, on: process.exec, action: audit}}]\n");

        document.Client.ShouldBe(DocumentKeys.DefaultClient);
        document.Altitude.ShouldBe(DocumentKeys.DefaultAltitude);
    }

    [Fact]
    public void They_refuse_the_same_names_of_sets()
    {
        DocumentKeys.ReservedWords.ShouldBe(ExpressionWords.Reserved, ignoreOrder: true);
        foreach (var name in DocumentKeys.ReservedWords.Concat(["exists", "matches", "file", "inn", "tru", "_", "a1", new string('a', 63), new string('a', 64)]))
        {
            foreach (var spelled in new[] { name, name.ToUpperInvariant(), char.ToUpperInvariant(name[0]) + name[1..] })
            {
                var yaml = $"{Head}sets: {{\"{spelled}\": []}}\n{Rules}";
                Compare(yaml);
            }
        }
    }

    [Theory]
    [InlineData(63, SchemaAnswer.Accepted)]
    [InlineData(64, SchemaAnswer.Rejected)]
    public void They_count_the_characters_of_names(int length, SchemaAnswer expected)
    {
        var yaml = $"{Head}rules: [{{name: {new string('a', length)}, on: process.exec, action: audit}}]\n";

        Compare(yaml).ShouldBe(expected);
    }

    [Theory]
    [InlineData(PolicyLimits.MaxRulesPerPolicy, SchemaAnswer.Accepted)]
    [InlineData(PolicyLimits.MaxRulesPerPolicy + 1, SchemaAnswer.Rejected)]
    public void They_count_the_rules(int count, SchemaAnswer expected)
    {
        var rules = string.Concat(Enumerable.Range(0, count).Select(i => $"- {{name: r{i}, on: process.exec, action: audit}}\n"));
        var yaml = $"{Head}rules:\n{rules}";

        Compare(yaml).ShouldBe(expected);
    }

    private const string Head = "apiVersion: gatehouse/v1\nmetadata: {name: a}\n";
    private const string Rules = "rules: [{name: a, on: process.exec, action: audit}]\n";

    private static SchemaAnswer Compare(byte[] bytes)
    {
        var source = new PolicySource("file.yaml", bytes);
        return SchemaAgreement.Check(source, TestPolicy.Parse(source));
    }

    private static SchemaAnswer Compare(string yaml) => Compare(Encoding.UTF8.GetBytes(yaml));

    /// <summary>One sound policy with every key, and all that differ from it in one of them.</summary>
    private static IEnumerable<string> Variants()
    {
        (string Key, string Value)[] top = [("apiVersion", "gatehouse/v1"), ("mode", "audit"), ("sets", "{a: [x]}")];
        (string Key, string Value)[] metadata = [("name", "a"), ("client", "b"), ("altitude", "7"), ("description", "text")];
        (string Key, string Value)[] rule =
        [
            ("name", "a"), ("on", "process.exec"), ("when", "image.memfd"), ("action", "audit"), ("mode", "audit"), ("severity", "low"),
            ("tags", "[T1059]"), ("onFull", "deny"), ("onMiss", "allow"), ("description", "text"),
        ];

        string Text(IEnumerable<string> t, IEnumerable<string> m, IEnumerable<string> r) =>
            $"{string.Join('\n', t)}\nmetadata:\n  {string.Join("\n  ", m)}\nrules:\n  -\n    {string.Join("\n    ", r)}\n";

        yield return Text(Lines(top), Lines(metadata), Lines(rule));
        foreach (var lines in Changed(top))
        {
            yield return Text(lines, Lines(metadata), Lines(rule));
        }

        foreach (var lines in Changed(metadata))
        {
            yield return Text(Lines(top), lines, Lines(rule));
        }

        foreach (var lines in Changed(rule))
        {
            yield return Text(Lines(top), Lines(metadata), lines);
        }

        foreach (var value in s_values)
        {
            yield return $"apiVersion: gatehouse/v1\nmetadata: {value}\n{Rules}";
            yield return $"{Head}rules: {value}\n";
            yield return $"{Head}rules: [{value}]\n";
        }
    }

    private static IEnumerable<string> Lines((string Key, string Value)[] map) => map.Select(e => $"{e.Key}: {e.Value}");

    private static IEnumerable<IEnumerable<string>> Changed((string Key, string Value)[] map)
    {
        for (var i = 0; i < map.Length; i++)
        {
            var others = Lines([.. map.Where((_, j) => j != i)]).ToList();
            yield return others;
            yield return [.. others, $"{map[i].Key.ToUpperInvariant()}: {map[i].Value}"];
            yield return [.. others, $"{map[i].Key}s: {map[i].Value}"];
            foreach (var value in s_values)
            {
                yield return [.. others, $"{map[i].Key}: {value}"];
            }
        }
    }

    private static string[] KeysOffered(string yaml) =>
        TestPolicy.Parse(yaml).Diagnostics.Single(d => d.Message.Contains("zzzzzzzzzzzz", StringComparison.Ordinal))
            .Suggestion!["write one of: ".Length..].Split(", ");

    private static IEnumerable<string> Below(string folder, string pattern)
    {
        var root = Path.Combine(RepositoryFiles.Root, folder);

        // Cases beside a policy are not policies.
        return Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".test.yaml", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(RepositoryFiles.Root, f)).Order(StringComparer.Ordinal);
    }
}
