using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("bogus")]
    [InlineData("")]
    [InlineData("policy")]
    [InlineData("policy apply")]
    [InlineData("policy check")]
    [InlineData("policy remove")]
    [InlineData("status --jsn")]
    [InlineData("events --verdict maybe")]
    [InlineData("events --limit 0")]
    [InlineData("events --limit soon")]
    [InlineData("events --since -1")]
    [InlineData("events --since abc")]
    [InlineData("policy check --jsn x.yaml")]
    [InlineData("policy diff --jsn x.yaml")]
    [InlineData("policy learn --events x --name -a")]
    [InlineData("completion tcsh")]
    [InlineData("key show")]
    [InlineData("key show --jsn")]
    [InlineData("ticket")]
    [InlineData("ticket use --force")]
    public async Task A_wrong_command_line_is_named_on_standard_error(string line)
    {
        var (status, output, error) = await CommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        status.ShouldBe(2);
        output.ShouldBeEmpty();
        error.ShouldStartWith("gatehouse: ");
        error.ShouldContain("--help");
        error.ShouldNotContain("System.");
    }

    [Theory]
    [InlineData("status")]
    [InlineData("policy list")]
    [InlineData("policy remove x")]
    [InlineData("policy show x")]
    [InlineData("policy confirm")]
    [InlineData("policy learn --last")]
    [InlineData("events")]
    [InlineData("events --follow --json")]
    public async Task Without_an_agent_the_status_is_3(string line)
    {
        var (status, output, error) = await CommandLine.RunAsync([.. line.Split(' '), "--socket", "/nonexistent/control.sock"]);

        status.ShouldBe(3);
        output.ShouldBeEmpty();
        error.ShouldBe("gatehouse: no agent answers at /nonexistent/control.sock: no such socket; is gatehoused running?\n");
    }

    [Fact]
    public async Task The_version_is_printed()
    {
        var (status, output, _) = await CommandLine.RunAsync("--version");

        status.ShouldBe(0);
        output.Trim().ShouldNotBeEmpty();
    }
}
