using Gatehouse.Cli.Composition;
using Gatehouse.Kernel;

var colours = Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 }
    && !string.Equals(Environment.GetEnvironmentVariable("TERM"), "dumb", StringComparison.Ordinal);
var outputIsTerminal = !Console.IsOutputRedirected && colours;
await using var output = StandardOutput.Open();
return await CliApplication.InvokeAsync(args, new CliEnvironment
{
    Output = output,
    Error = Console.Error,
    Input = Console.In,
    InputIsTerminal = !Console.IsInputRedirected,
    OutputIsTerminal = outputIsTerminal,
    ErrorIsTerminal = !Console.IsErrorRedirected && colours,
    Width = outputIsTerminal ? Console.WindowWidth : int.MaxValue,
    RunProbes = KernelProbes.RunAll,
});
