using System.Text.Json;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Policy;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

/// <summary>The commands that need no agent: test, diff, schema.</summary>
public sealed class PolicyToolTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    [Fact]
    public async Task Test_runs_the_cases_beside_the_policy()
    {
        var path = Policy("/usr/bin/nc");
        _directory.Write("p.test.yaml", """
            - {name: refused, operation: process.exec, image: {path: /usr/bin/nc}, expect: deny, rule: no-path}
            - {name: goes on, operation: process.exec, image: {path: /usr/bin/ncal}, expect: allow}
            """);

        (await CommandLine.RunAsync("policy", "test", path)).ShouldBe((0, "2 cases, 2 passed, 0 failed\n", ""));
        (await CommandLine.RunAsync("policy", "test", _directory.Path)).ShouldBe((0, "2 cases, 2 passed, 0 failed\n", ""));
    }

    [Fact]
    public async Task A_case_that_fails_is_named_with_its_place_and_with_what_happened()
    {
        var path = Policy("/usr/bin/nc");
        var cases = _directory.Write("p.test.yaml", """
            - {name: one, operation: process.exec, image: {path: /usr/bin/nc}, expect: allow}
            - {name: two, operation: process.exec, image: {path: /usr/bin/ls}, expect: deny, rule: no-path}
            - {name: three, operation: process.exec, image: {path: /usr/bin/ls}, expect: allow}
            """);

        var (status, output, _) = await CommandLine.RunAsync("policy", "test", path);

        status.ShouldBe(1);
        output.ShouldBe(
            $"{cases}:1:10: FAILED one: expected allow, got deny by rule no-path\n"
            + $"{cases}:2:10: FAILED two: expected deny by rule no-path, got allow without a rule\n"
            + "3 cases, 1 passed, 2 failed\n");
        var json = JsonDocument.Parse((await CommandLine.RunAsync("policy", "test", "--json", path)).Output).RootElement;
        (json.GetProperty("ok").GetBoolean(), json.GetProperty("passed").GetInt32(), json.GetProperty("failed").GetInt32()).ShouldBe((false, 1, 2));
        json.GetProperty("cases")[0].GetProperty("actual").GetString().ShouldBe("deny");
    }

    [Fact]
    public async Task Policies_without_cases_are_named_all_of_them()
    {
        var one = Policy("/usr/bin/nc");
        var two = _directory.Write("q.yaml", "apiVersion: gatehouse/v1\nmetadata: {name: q}\nrules: [{name: r, on: process.exec, action: audit}]\n");

        var (status, output, error) = await CommandLine.RunAsync("policy", "test", one, two);

        (status, output).ShouldBe((2, ""));
        error.ShouldContain($"gatehouse: {one}: it has no cases; write {Path.ChangeExtension(one, ".test.yaml")}, or name a file with --cases\n");
        error.ShouldContain($"gatehouse: {two}: it has no cases");
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("learn")]
    public async Task A_record_that_is_none_is_told_in_words(string command)
    {
        var path = Policy("/usr/bin/nc");
        var binary = _directory.Write("bin.ndjson", "\u0001\u0002\n{\"record\":\"decision\"}\n" + new string('x', 2_000_000) + "\n[]\n");
        string[] policy = command is "replay" ? [path] : [];

        (await CommandLine.RunAsync(["policy", command, .. policy, "--events", _directory.Path])).Error.ShouldEndWith(": this is a directory\n");
        var (status, _, error) = await CommandLine.RunAsync(["policy", command, .. policy, "--events", binary]);

        status.ShouldBe(2);
        error.Split('\n').Where(l => l.Contains("bin.ndjson", StringComparison.Ordinal)).Select(l => l[(l.IndexOf("ndjson", StringComparison.Ordinal) + 7)..]).ShouldBe(
        [
            "1: no event: a line of `gatehouse events --json` is a JSON object",
            "2: no event: it lacks 'cursor', 'time', 'monotonicNs', 'bootId', 'class', 'operation'",
            "3: longer than any record",
            "4: no event: a line of `gatehouse events --json` is a JSON object",
        ]);
    }

    [Fact]
    public async Task Wrong_cases_run_nothing_and_show_their_lines()
    {
        var path = Policy("/usr/bin/nc");
        _directory.Write("p.test.yaml", "- {name: one, operation: process.exec, imge: {path: /x}, expect: deny, rule: no-pth}\n");

        var (status, output, error) = await CommandLine.RunAsync("policy", "test", path);

        (status, output).ShouldBe((2, ""));
        error.ShouldContain("p.test.yaml:1:40: error GH1010");
        error.ShouldContain("                                           ^^^^\n    suggestion: did you mean `image`?");
        error.ShouldContain("error GH5003");
        error.ShouldEndWith("gatehouse: no case was run\n");
    }

    [Fact]
    public async Task A_policy_without_cases_is_not_tested_and_no_success()
    {
        var path = Policy("/usr/bin/nc");

        var (status, output, error) = await CommandLine.RunAsync("policy", "test", path);

        (status, output).ShouldBe((2, ""));
        error.ShouldBe($"gatehouse: {path}: it has no cases; write {_directory.File("p.test.yaml")}, or name a file with --cases\n");
    }

    [Fact]
    public async Task Cases_of_another_file_are_run_against_all_policies_together()
    {
        Policy("/usr/bin/nc");
        Policy("/usr/bin/ncat", "q");
        var cases = _directory.Write("ours.cases", """
            - {name: one, operation: image.load, image: {path: /usr/bin/nc}, expect: deny}
            - {name: two, operation: image.load, image: {path: /usr/bin/ncat}, expect: deny}
            """);

        (await CommandLine.RunAsync("policy", "test", "--cases", cases, _directory.Path)).ShouldBe((0, "2 cases, 2 passed, 0 failed\n", ""));
    }

    [Fact]
    public async Task Diff_names_what_changed_and_its_status_says_whether_anything_did()
    {
        var before = Policy("/usr/bin/nc");
        var after = Policy("/usr/bin/ncat", "q");

        var (status, output, _) = await CommandLine.RunAsync("policy", "diff", before, after);

        status.ShouldBe(1);
        output.ShouldBe("""
            ~ policy q: name
                - p
                + q
            ~ rule q/no-path: values of when (image.path in ["/usr/bin/ncat"])
                - /usr/bin/nc
                + /usr/bin/ncat

            """);
        (await CommandLine.RunAsync("policy", "diff", before, before)).ShouldBe((0, "the policies mean the same\n", ""));
        var json = JsonDocument.Parse((await CommandLine.RunAsync("policy", "diff", "--json", before, after)).Output).RootElement;
        json.GetProperty("changes")[1].GetProperty("kind").GetString().ShouldBe("rule-key");
        json.GetProperty("changes")[1].GetProperty("valuesAdded")[0].GetString().ShouldBe("/usr/bin/ncat");
    }

    [Theory]
    [InlineData("policy diff a.yaml")]
    [InlineData("policy diff --running a.yaml b.yaml")]
    [InlineData("policy replay a.yaml")]
    [InlineData("policy learn")]
    [InlineData("policy learn --last --events x")]
    [InlineData("policy learn --last --class files")]
    [InlineData("policy learn --last --name A")]
    [InlineData("policy try a.yaml --for 4s")]
    [InlineData("policy try a.yaml --for 61m")]
    [InlineData("policy try a.yaml --for 60")]
    [InlineData("policy try a.yaml --for 9999999999h")]
    public async Task A_wrong_command_line_is_named(string line)
    {
        var (status, output, error) = await CommandLine.RunAsync(line.Split(' '));

        (status, output).ShouldBe((2, ""));
        error.ShouldStartWith("gatehouse: ");
        error.ShouldContain("--help");
    }

    [Fact]
    public async Task Explain_says_where_each_rule_is_decided_and_how_much_of_each_limit_is_used()
    {
        var path = _directory.Write("p.yaml", """
            apiVersion: gatehouse/v1
            metadata: {name: p}
            rules:
              - {name: early, on: process.exec, when: image.path.startsWith("/tmp/"), action: deny}
              - {name: late, on: process.exec, when: '"-e" in exec.arguments', action: kill}
              - {name: seen, on: process.open, when: open.right == "debug", action: deny, mode: audit}

            """);

        var (status, output, error) = await CommandLine.RunAsync("policy", "explain", path);

        (status, error).ShouldBe((0, ""));
        output.ShouldMatch("\np/early +deny +process.exec +1 +in the kernel, before the operation\n");
        output.ShouldMatch("\np/late +kill +process.exec +1 +in the kernel, before the first instruction of the new program: by kill\n");
        output.ShouldMatch("\np/seen +deny \\(only reported\\) +process.open +1 +in the kernel");
        output.ShouldContain("\nargument test: ");
        output.ShouldMatch("\npolicies +1 +16 +7\n");
        var json = JsonDocument.Parse((await CommandLine.RunAsync("policy", "explain", "--json", path)).Output).RootElement;
        json.GetProperty("rules")[1].GetProperty("decided")[0].GetString().ShouldBe("before-first-instruction");
        json.GetProperty("limits")[0].GetProperty("percent").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task Schema_prints_the_schema() =>
        (await CommandLine.RunAsync("policy", "schema")).ShouldBe((0, PolicySchema.ToJson(), ""));

    public void Dispose() => _directory.Dispose();

    private string Policy(string path, string name = "p") => _directory.Write($"{name}.yaml", TestAgent.DenyPath(name, path).Text);
}
