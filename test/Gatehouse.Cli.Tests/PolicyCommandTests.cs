using System.Text.Json;
using Gatehouse.Agent.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

public sealed class PolicyCommandTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Check_accepts_a_good_policy_without_an_agent()
    {
        var (status, output, error) = await CommandLine.RunAsync("policy", "check", Good());

        status.ShouldBe(0);
        output.ShouldStartWith("ok: 1 policies, 1 rules, 1 rows, 0 errors, 0 warnings; fingerprint ");
        error.ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_shows_the_line_that_is_wrong_with_a_mark_below_it()
    {
        var path = Bad();

        var (status, output, _) = await CommandLine.RunAsync("policy", "check", path);

        status.ShouldBe(2);
        var lines = output.Split('\n');
        lines[0].ShouldMatch("^" + System.Text.RegularExpressions.Regex.Escape(path) + ":7:[0-9]+: error GH2[0-9]{3}: .+");
        lines[1].ShouldBe("        when: image.path == \"relative\"");
        lines[2].ShouldMatch("^ +\\^+$");
        lines[2].IndexOf('^', StringComparison.Ordinal).ShouldBe(lines[1].IndexOf("\"relative", StringComparison.Ordinal));
        output.ShouldContain("refused: 1 error, 0 warnings");
    }

    [Fact]
    public async Task Check_as_json_has_the_findings_for_programs()
    {
        var (status, output, _) = await CommandLine.RunAsync("policy", "check", "--json", Bad());

        status.ShouldBe(2);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("ok").GetBoolean().ShouldBeFalse();
        json.RootElement.GetProperty("diagnostics")[0].GetProperty("line").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task Check_refuses_a_missing_file_junk_and_a_file_of_10_megabytes()
    {
        var junk = _directory.File("junk.yaml");
        await File.WriteAllBytesAsync(junk, [0xff, 0xfe, 0x00, 0x1b, 0x5b], Cancel);
        var large = _directory.Write("large.yaml", new string('#', 10_000_000));

        (await CommandLine.RunAsync("policy", "check", _directory.File("no.yaml"))).ShouldBe(
            (2, "", $"gatehouse: {_directory.File("no.yaml")}: no such file\n"));
        (await CommandLine.RunAsync("policy", "check", junk)).Status.ShouldBe(2);
        var (status, output, _) = await CommandLine.RunAsync("policy", "check", large);
        status.ShouldBe(2);
        output.ShouldContain("error GH1");
        output.Length.ShouldBeLessThan(2_000);
    }

    [Fact]
    public async Task Apply_list_show_and_remove_work_against_the_agent()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var path = Good();

        var applied = await RunAsync(agent, "policy", "apply", path);
        var listed = await RunAsync(agent, "policy", "list");
        var shown = await RunAsync(agent, "policy", "show", "good");
        var removed = await RunAsync(agent, "policy", "remove", "good");
        var empty = await RunAsync(agent, "policy", "list");

        applied.ShouldBe((0, "generation 2 is in force: good\n  /no/such/file: not bound (ENOENT at open); its spelling is compared\n", ""));
        listed.Status.ShouldBe(0);
        listed.Output.ShouldStartWith("NAME  CLIENT  ALTITUDE  RULES  FILE       SHA-256");
        listed.Output.ShouldContain("good  local   1000      1      good.yaml  ");
        listed.Output.ShouldEndWith("generation 2\n");
        shown.ShouldBe((0, await File.ReadAllTextAsync(path, Cancel), ""));
        removed.ShouldBe((0, "generation 3 is in force: no policy\n", ""));
        empty.ShouldBe((0, "no policy is known to be in force\ngeneration 3\n", ""));
    }

    [Fact]
    public async Task Apply_of_a_bad_policy_does_not_reach_the_agent()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        var generation = agent.Gate.Generation;

        var (status, output, error) = await RunAsync(agent, "policy", "apply", Good(), Bad());

        status.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldContain("bad.yaml:7:");
        error.ShouldContain("^^^");
        agent.Gate.Generation.ShouldBe(generation);
    }

    [Fact]
    public async Task What_the_agent_refuses_is_shown_with_its_line()
    {
        var vital = _directory.Write("init", "x");
        await using var agent = await TestAgent.StartAsync(
            Cancel, change: e => e with { VitalFiles = () => [new Agent.Enforcement.VitalFile(vital, "the first process", IsLibrary: false)] });

        var (status, _, error) = await RunAsync(agent, "policy", "apply", _directory.Write("p.yaml", TestAgent.DenyPath("p", vital).Text));

        status.ShouldBe(2);
        error.ShouldContain("error GH4001");
        error.ShouldContain("name: no-path");
        error.ShouldContain("Policies refused: nothing was loaded");
    }

    [Fact]
    public async Task A_policy_that_is_not_there_cannot_be_removed_or_shown()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        (await RunAsync(agent, "policy", "remove", "nobody")).Status.ShouldBe(2);
        (await RunAsync(agent, "policy", "show", "nobody")).ShouldBe(
            (2, "", "gatehouse: No such policy: no policy in force is called \"nobody\"\n"));
    }

    public void Dispose() => _directory.Dispose();

    private static Task<(int Status, string Output, string Error)> RunAsync(TestAgent agent, params string[] arguments) =>
        CommandLine.RunAsync([.. arguments, "--socket", agent.SocketPath]);

    private string Good() => _directory.Write("good.yaml", TestAgent.DenyPath("good", "/no/such/file").Text);

    private string Bad() => _directory.Write("bad.yaml", TestAgent.DenyPath("bad", "relative").Text);
}
