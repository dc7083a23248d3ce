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
        IReadOnlyList<ProbeResult> probes, IReadOnlyList<PartlyEnforced> partly, bool terminal, params string[] arguments) =>
        await InvokeAsync(
            new CliEnvironment
            {
                Output = TextWriter.Null,
                Error = TextWriter.Null,
                OutputIsTerminal = terminal,
                ErrorIsTerminal = terminal,
                RunProbes = () => probes,
                FindPartlyEnforced = () => partly,
            },
            arguments);

    /// <summary>With something piped in.</summary>
    public static Task<(int Status, string Output, string Error)> RunWithInputAsync(TextReader input, params string[] arguments) =>
        InvokeAsync(WithInput(input), arguments);

    /// <summary>With somebody who types; the output is still plain, so that it can be compared.</summary>
    public static Task<(int Status, string Output, string Error)> RunAtTerminalAsync(TextReader input, params string[] arguments) =>
        InvokeAsync(WithInput(input) with { InputIsTerminal = true }, arguments);

    private static CliEnvironment WithInput(TextReader input) => new()
    {
        Output = TextWriter.Null,
        Error = TextWriter.Null,
        Input = input,
        RunProbes = static () => [],
        FindPartlyEnforced = static () => [],
    };

    private static async Task<(int Status, string Output, string Error)> InvokeAsync(CliEnvironment environment, string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var status = await CliApplication.InvokeAsync(arguments, environment with { Output = output, Error = error, Width = 200 });
        return (status, output.ToString(), error.ToString());
    }
}
