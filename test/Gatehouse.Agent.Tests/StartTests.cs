using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests;

public sealed class StartTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly StringWriter _error = new();
    private bool _opened;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bad_policy_attaches_nothing_and_shows_where_it_is_wrong()
    {
        var path = _directory.Write("bad.yaml", TestAgent.DenyPath("bad", "relative").Text);

        (await RunAsync(path)).ShouldBe(ExitStatus.BadInput);

        _opened.ShouldBeFalse();
        var text = _error.ToString();
        text.ShouldContain($"{path}:7:");
        text.ShouldContain("error GH2");
        text.ShouldContain("^^^");
        text.ShouldContain("nothing was attached");
    }

    [Fact]
    public async Task A_missing_file_an_empty_directory_and_a_file_that_is_too_large_attach_nothing()
    {
        Directory.CreateDirectory(_directory.File("empty"));
        var large = _directory.Write("large.yaml", new string('#', 10_000_000));

        (await RunAsync(_directory.File("missing.yaml"))).ShouldBe(ExitStatus.BadInput);
        (await RunAsync(_directory.File("empty"))).ShouldBe(ExitStatus.BadInput);
        (await RunAsync(large)).ShouldBe(ExitStatus.BadInput);

        _opened.ShouldBeFalse();
        _error.ToString().ShouldContain("missing.yaml: no such file");
        _error.ToString().ShouldContain("no *.yaml or *.yml file");
        _error.ToString().ShouldContain("large.yaml");
    }

    [Fact]
    public async Task The_policies_of_a_directory_are_all_loaded()
    {
        _directory.Write("policies/b.yml", TestAgent.DenyPath("b", "/b").Text);
        _directory.Write("policies/a.yaml", TestAgent.DenyPath("a", "/a").Text);
        _directory.Write("policies/README.md", "not a policy");

        await using var agent = await TestAgent.StartAsync(
            Cancel, new FakeKernelGate(), _directory, options: o => o with { PolicyPaths = [_directory.File("policies")] });

        agent.Gate.Image!.Policies.Select(p => p.Name).ShouldBe(["a", "b"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(GateFailure.Unsupported, ExitStatus.CannotEnforce)]
    [InlineData(GateFailure.CannotProtect, ExitStatus.CannotEnforce)]
    [InlineData(GateFailure.OperationFailed, ExitStatus.Failed)]
    public async Task A_kernel_that_cannot_be_attached_to_ends_the_agent(GateFailure failure, int expected)
    {
        var environment = TestAgent.Environment(new FakeKernelGate(), _error) with
        {
            OpenGate = _ => throw new KernelGateException(failure, "no", "line 1\nline 2"),
        };

        var status = await AgentProcess.RunAsync(TestAgent.Options(_directory), environment, NullLoggerFactory.Instance, Cancel);

        status.ShouldBe(expected);
        _error.ToString().ShouldContain("line 1\nline 2");
    }

    [Fact]
    public async Task A_second_agent_ends_before_it_touches_the_kernel()
    {
        await using var first = await TestAgent.StartAsync(Cancel, new FakeKernelGate(), _directory);

        (await RunAsync()).ShouldBe(ExitStatus.AnotherAgent);

        _opened.ShouldBeFalse();
        (await first.Client.GetStatusAsync(Cancel)).Enforcement.Proven.ShouldBeTrue();
    }

    [Theory]
    [InlineData("--report", "some")]
    [InlineData("--report", "1")]
    [InlineData("--ring-bytes", "65535")]
    [InlineData("--ring-bytes", "100000")]
    [InlineData("--log-level", "loud")]
    [InlineData("--no-canary-loop", null)]
    [InlineData("surplus", null)]
    public async Task A_wrong_command_line_is_named_and_nothing_runs(string first, string? second)
    {
        using var output = new StringWriter();

        var status = await AgentCommandLine.InvokeAsync(
            second is null ? [first] : [first, second], (_, _) => throw new InvalidOperationException("ran"), output, _error);

        status.ShouldBe(ExitStatus.BadInput);
        _error.ToString().ShouldStartWith("gatehoused: ");
        output.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_options_arrive_as_they_were_given()
    {
        AgentOptions? seen = null;
        var status = await AgentCommandLine.InvokeAsync(
            ["--policy", "a", "--policy", "b", "--state-dir", "/s", "--socket", "/c", "--report", "matched", "--ring-bytes", "65536", "--log-level", "debug"],
            (options, _) =>
            {
                seen = options;
                return Task.FromResult(7);
            },
            TextWriter.Null,
            _error);

        status.ShouldBe(7);
        seen!.PolicyPaths.ShouldBe(["a", "b"]);
        (seen.StateDirectory, seen.SocketPath, seen.Reporting, seen.RingBytes, seen.LogLevel).ShouldBe(
            ("/s", "/c", ReportMode.Matched, 65536, Microsoft.Extensions.Logging.LogLevel.Debug));
    }

    [Fact]
    public async Task Help_has_examples_and_exit_statuses()
    {
        using var output = new StringWriter();

        (await AgentCommandLine.InvokeAsync(["--help"], (_, _) => Task.FromResult(9), output, _error)).ShouldBe(0);

        output.ToString().ShouldContain("Examples:");
        output.ToString().ShouldContain("Exit status:");
    }

    public void Dispose()
    {
        _error.Dispose();
        _directory.Dispose();
    }

    private Task<int> RunAsync(params string[] policies)
    {
        var environment = TestAgent.Environment(new FakeKernelGate(), _error) with
        {
            OpenGate = _ =>
            {
                _opened = true;
                return new FakeKernelGate();
            },
        };
        return AgentProcess.RunAsync(
            TestAgent.Options(_directory) with { PolicyPaths = policies }, environment, NullLoggerFactory.Instance, Cancel);
    }
}
