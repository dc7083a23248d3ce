using Gatehouse.Cli.Composition;
using Gatehouse.Kernel;

namespace Gatehouse.Cli.Tests;

/// <summary>Runs the command line in this process and keeps what it prints.</summary>
internal static class CommandLine
{
    public static async Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments) =>
        await RunAsync([], terminal: false, arguments);

    public static async Task<(int Status, string Output, string Error)> RunAsync(
        IReadOnlyList<ProbeResult> probes, bool terminal, params string[] arguments) =>
        await RunAsync(probes, [], terminal, arguments);

    public static async Task<(int Status, string Output, string Error)> RunAsync(
        IReadOnlyList<ProbeResult> probes, IReadOnlyList<PartlyEnforced> partly, bool terminal, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var status = await CliApplication.InvokeAsync(arguments, new CliEnvironment
        {
            Output = output,
            Error = error,
            OutputIsTerminal = terminal,
            ErrorIsTerminal = terminal,
            Width = 200,
            RunProbes = () => probes,
            FindPartlyEnforced = () => partly,
        });
        return (status, output.ToString(), error.ToString());
    }
}
