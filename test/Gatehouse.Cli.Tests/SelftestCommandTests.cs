using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Selftests;
using Gatehouse.Kernel;
using Gatehouse.Sdk;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

/// <summary>The command around the attempts. The attempts themselves are made in the test VM only.</summary>
public sealed partial class SelftestCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_way_has_a_name_of_its_own_a_technique_and_words()
    {
        Ways.All.Count.ShouldBeGreaterThanOrEqualTo(80);
        Ways.All.Select(static w => w.Name).Distinct(StringComparer.Ordinal).Count().ShouldBe(Ways.All.Count);
        Ways.All.Select(static w => w.Summary).Distinct(StringComparer.Ordinal).Count().ShouldBe(Ways.All.Count);
        Ways.All.ShouldAllBe(static w => Name().IsMatch(w.Name) && Technique().IsMatch(w.Technique) && w.Summary.Length > 3);
        Ways.All.Select(static w => w.Class).Distinct().ShouldBe(Enum.GetValues<WayClass>());
        Ways.All.ShouldAllBe(static w => (w.Right != null) == (w.Class == WayClass.Process));
    }

    /// <summary>A gap that no status names would excuse nothing; one that is worded otherwise neither.</summary>
    [Fact]
    public void Every_gap_is_one_that_the_status_of_some_kernel_names()
    {
        var partly = PartEnforcement.OfThisHost();
        foreach (var way in Ways.All.Where(static w => w.Gap is "all kernels"))
        {
            partly.ShouldContain(p => p.Operation == "process.open" && p.Right == way.Right && p.Kernel == way.Gap, way.Name);
        }

        Ways.All.Select(static w => w.Gap ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ShouldBe(["", "Linux 6.15 and newer", "all kernels"]);
    }

    [Fact]
    public async Task List_needs_no_agent()
    {
        var (status, output, _) = await CommandLine.RunAsync("selftest", "--list", "--class", "memory", "--class", "tamper", "--socket", "/nowhere");

        status.ShouldBe(0);
        output.ShouldStartWith("WAY");
        output.ShouldContain("\nanonymous-rwx");
        output.ShouldContain("\nopen-write ");
        output.ShouldNotContain("\nkill-kill");

        var (_, json, _) = await CommandLine.RunAsync("selftest", "--list", "--json");
        var ways = JsonSerializer.Deserialize(json, SelftestJson.Default.IReadOnlyListWayReport)!;
        ways.Count.ShouldBe(Ways.All.Count);
        ways.ShouldAllBe(static w => w.Outcome == null);
    }

    [Fact]
    public async Task Another_class_is_a_usage_error()
    {
        var (status, _, error) = await CommandLine.RunAsync("selftest", "--class", "kernel");

        (status, error).ShouldBe((2, "gatehouse: --class is process, image, memory or tamper, not 'kernel'\ngatehouse: see gatehouse selftest --help\n"));
    }

    [Theory]
    [InlineData("refused refused", 0)]
    [InlineData("refused not-tested not-refusable", 0)]
    [InlineData("not-refusable", 0)]
    [InlineData("refused let-through", 4)]
    [InlineData("refused unknown", 4)]
    [InlineData("not-tested not-tested", 1)]
    public async Task The_exit_status_says_whether_all_that_must_be_was_refused(string outcomes, int expected)
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        var (status, output, _) = await RunAsync(agent, Results(outcomes), "selftest", "--json");

        status.ShouldBe(expected);
        var report = JsonSerializer.Deserialize(output, SelftestJson.Default.SelftestReport)!;
        report.Ok.ShouldBe(expected == 0);
        report.Sealed.ShouldBeFalse();
        report.Ways.Select(static w => w.Outcome).ShouldBe(outcomes.Split(' '));
        (report.Refused + report.LetThrough + report.Unknown + report.NotRefusable + report.NotTested).ShouldBe(report.Ways.Count);
        Stages(agent).ShouldBeEmpty("it was ended");
    }

    [Fact]
    public async Task The_table_names_what_was_let_through_and_counts()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        var (_, output, _) = await RunAsync(agent, Results("refused let-through"), "selftest");

        output.ShouldBe(
            """
            WAY        CLASS    ATT&CK  RESULT       WHY
            kill-kill  process  T1489   refused      because
            kill-term  process  T1489   LET THROUGH  because
            2 ways: 1 refused, 1 LET THROUGH

            """);
    }

    [Fact]
    public async Task Ways_of_the_chosen_classes_are_tried_on_what_the_agent_made()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        SelftestPlan? plan = null;

        await RunAsync(
            agent,
            p =>
            {
                plan = p;
                Directory.Exists(p.Stage.Folder).ShouldBeTrue();
                return [];
            },
            "selftest", "--class", "image");

        plan.ShouldNotBeNull().Ways.ShouldAllBe(static w => w.Class == WayClass.Image);
        Directory.Exists(plan.Stage.Folder).ShouldBeFalse();
    }

    [Fact]
    public async Task A_failure_in_between_is_told_and_all_is_taken_back()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);

        var (status, _, error) = await RunAsync(agent, static _ => throw new IOException("no room"), "selftest");

        (status, error).ShouldBe((1, "gatehouse: no room\n"));
        Stages(agent).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_one_is_refused_by_the_agent()
    {
        await using var agent = await TestAgent.StartAsync(Cancel);
        using var other = new ControlClient(agent.SocketPath);
        await other.BeginSelftestAsync(Cancel);

        var (status, _, error) = await RunAsync(agent, Results("refused"), "selftest");

        status.ShouldBe(2);
        error.ShouldContain("A self-test runs: one at a time");
    }

    [Fact]
    public async Task A_host_that_is_not_protected_is_told_so_and_nothing_is_tried()
    {
        var time = new ManualTimeProvider();
        await using var agent = await TestAgent.StartAsync(Cancel, change: e => e with { Time = time });
        agent.Gate.CanaryIsDenied = false;
        while ((await agent.Client.GetStatusAsync(Cancel)).Enforcement.Proven)
        {
            time.Advance(TimeSpan.FromSeconds(30));
            await Task.Delay(10, Cancel);
        }

        var (status, _, error) = await RunAsync(agent, static _ => throw new InvalidOperationException("tried"), "selftest");

        status.ShouldBe(4);
        error.ShouldContain("nothing is tried");
        Stages(agent).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_an_agent_nothing_is_tried()
    {
        var (status, _, _) = await CommandLine.RunAsync("selftest", "--socket", "/nowhere");

        status.ShouldBe(3);
    }

    private static string[] Stages(TestAgent agent) =>
        Directory.GetDirectories(Path.GetDirectoryName(Path.GetDirectoryName(agent.SocketPath))!, "selftest-*", SearchOption.AllDirectories);

    private static Func<SelftestPlan, IReadOnlyList<WayResult>> Results(string outcomes) => plan =>
        [.. outcomes.Split(' ').Select((o, i) => new WayResult(
            plan.Ways[i], Enum.GetValues<WayOutcome>().Single(v => JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString()) == o), "because"))];

    private static async Task<(int Status, string Output, string Error)> RunAsync(
        TestAgent agent, Func<SelftestPlan, IReadOnlyList<WayResult>> results, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var status = await CliApplication.InvokeAsync([.. arguments, "--socket", agent.SocketPath], new CliEnvironment
        {
            Output = output,
            Error = error,
            Width = 200,
            RunProbes = static () => [],
            FindPartlyEnforced = static () => [],
            TrySelftest = (plan, cancellationToken) => Task.Run(() => results(plan), cancellationToken),
        });
        return (status, output.ToString(), error.ToString());
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^T\d{4}(\.\d{3})?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Technique();
}
