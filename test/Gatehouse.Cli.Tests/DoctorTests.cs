using System.Text.Json;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

public sealed class DoctorTests
{
    private static readonly ProbeResult Good = new("btf", "Type information", ProbeAnswer.Yes, Required: true, "/sys/kernel/btf/vmlinux", null);

    private static readonly ProbeResult Missing = new(
        "lsm-list", "BPF among the security modules", ProbeAnswer.No, Required: true, "lockdown,capability,yama", "add lsm=...,bpf to the kernel command line");

    private static readonly ProbeResult Optional = new("ima", "IMA", ProbeAnswer.No, Required: false, "not built in", "use a kernel with CONFIG_IMA");

    private static readonly ProbeResult Unsure = new("ftrace", "ftrace", ProbeAnswer.Unknown, Required: true, "permission denied", "run as root");

    [Fact]
    public async Task A_host_that_lacks_something_is_told_what_and_the_remedy()
    {
        var (status, output, _) = await RunAsync([Good, Missing, Optional]);

        status.ShouldBe(4);
        output.ShouldBe(
            """
            yes     Type information: /sys/kernel/btf/vmlinux
            no      BPF among the security modules: lockdown,capability,yama
                    remedy: add lsm=...,bpf to the kernel command line
            no      IMA (optional): not built in
                    remedy: use a kernel with CONFIG_IMA
            -       agent: no agent answers at /nonexistent/s: no such socket; is gatehoused running?

            This host cannot enforce.

            """);
    }

    [Fact]
    public async Task A_host_that_has_all_it_needs_can_enforce()
    {
        var (status, output, _) = await RunAsync([Good, Optional]);

        status.ShouldBe(0);
        output.ShouldEndWith("\nThis host can enforce.\n");
    }

    [Fact]
    public async Task What_could_not_be_found_out_is_not_called_yes()
    {
        var (status, output, _) = await RunAsync([Good, Unsure]);

        status.ShouldBe(1);
        output.ShouldContain("could not be found out");
        (await RunAsync([])).Status.ShouldBe(1);
    }

    [Fact]
    public async Task What_the_kernel_cannot_refuse_is_named_and_does_not_change_the_answer()
    {
        PartlyEnforced[] partly = [new("process.open", "freeze", "a freezer is mounted", "any"), new("process.exit", null, "why", "none")];

        var (status, output, _) = await CommandLine.RunAsync([Good], partly, terminal: false, "doctor", "--socket", "/nonexistent/s");
        var json = (await CommandLine.RunAsync([Good], partly, terminal: false, "doctor", "--json", "--socket", "/nonexistent/s")).Output;

        status.ShouldBe(0);
        output.ShouldContain("\npartly  process.open freeze: a freezer is mounted (any)\npartly  process.exit: why (none)\n");
        using var document = JsonDocument.Parse(json);
        document.RootElement.GetProperty("partly")[0].GetProperty("right").GetString().ShouldBe("freeze");
    }

    [Fact]
    public async Task Json_has_the_same_facts()
    {
        var (status, output, _) = await CommandLine.RunAsync([Good, Missing], terminal: false, "doctor", "--json", "--socket", "/nonexistent/s");

        status.ShouldBe(4);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("canEnforce").GetString().ShouldBe("no");
        json.RootElement.GetProperty("probes")[1].GetProperty("remedy").GetString().ShouldBe(Missing.Remedy);
        json.RootElement.GetProperty("agent").GetProperty("reachable").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_running_agent_proves_it_by_its_canary()
    {
        await using var agent = await TestAgent.StartAsync(TestContext.Current.CancellationToken);

        var (status, output, _) = await CommandLine.RunAsync([Good], terminal: false, "doctor", "--socket", agent.SocketPath);

        status.ShouldBe(0);
        output.ShouldContain("yes     agent: every canary denial happened");
        output.ShouldContain("denied   bprm_check_security: exec gave EPERM");
    }

    [Fact]
    public async Task A_terminal_gets_the_same_facts_in_colour()
    {
        var plain = await RunAsync([Good, Missing]);
        var (status, output, _) = await CommandLine.RunAsync([Good, Missing], terminal: true, "doctor", "--socket", "/nonexistent/s");

        status.ShouldBe(plain.Status);
        output.ShouldContain("\u001b[");
        Strip(output).ShouldBe(plain.Output);
    }

    private static string Strip(string text) => System.Text.RegularExpressions.Regex.Replace(
        text, "\u001b\\[[0-9;]*m", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));

    private static Task<(int Status, string Output, string Error)> RunAsync(IReadOnlyList<ProbeResult> probes) =>
        CommandLine.RunAsync(probes, terminal: false, "doctor", "--socket", "/nonexistent/s");
}
