using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Problems;

namespace Gatehouse.Cli.Composition;

/// <summary>What all commands share: where to write, how to reach the agent, and what to do when that fails.</summary>
internal sealed class CliContext(CliEnvironment environment)
{
    public CliEnvironment Environment => environment;

    public Option<string> Socket { get; } = new("--socket")
    {
        Description = "The agent's control socket.",
        HelpName = "PATH",
        Recursive = true,
        DefaultValueFactory = static _ => GatehouseDefaults.SocketPath,
    };

    /// <summary>An option that takes a whole number; null if it is not given. What is none, or out of range, is a usage error.</summary>
    public static Option<int?> WholeNumber(string name, string helpName, string description, int least = 1, int most = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            {
                return number;
            }

            result.AddError(most == int.MaxValue
                ? $"{name} takes a whole number of at least {least}, not '{text}'"
                : $"{name} takes a whole number from {least} to {most}, not '{text}'");
            return null;
        },
    };

    public static Option<bool> Json(string description) => new("--json") { Description = description };

    public void Write(Report report) =>
        ReportRenderer.For(environment.OutputIsTerminal, environment.Width).Render(report, environment.Output);

    public void WriteError(Report report) =>
        ReportRenderer.For(environment.ErrorIsTerminal, environment.Width).Render(report, environment.Error);

    public void WriteJson<T>(T value, JsonTypeInfo<T> type) => environment.Output.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>Says on standard error what went wrong.</summary>
    public int Fail(int status, string message)
    {
        WriteError(new Report().Line(("gatehouse: ", Tone.Bad), (message, Tone.Plain)));
        return status;
    }

    /// <summary>Asks the agent, and turns its refusals into messages and exit statuses.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="ask">What to ask.</param>
    /// <param name="sources">Texts by file name, to show the lines that findings are about.</param>
    public async Task<int> WithAgentAsync(
        ParseResult result, Func<ControlClient, Task<int>> ask, IReadOnlyDictionary<string, string>? sources = null)
    {
        using var client = new ControlClient(result.GetValue(Socket)!);
        try
        {
            return await ask(client);
        }
        catch (AgentUnreachableException e)
        {
            return Fail(ExitStatus.AgentUnreachable, e.Message);
        }
        catch (ControlProtocolException e)
        {
            return Fail(ExitStatus.Failed, e.Message);
        }
        catch (ControlProblemException e)
        {
            WriteError(DiagnosticReport.Of(e.Problem.Diagnostics ?? [], sources));
            var detail = e.Problem.Detail is null ? e.Problem.Title : $"{e.Problem.Title}: {e.Problem.Detail}";
            return Fail(e.Problem.Status is >= 400 and < 500 ? ExitStatus.BadInput : ExitStatus.Failed, detail);
        }
    }
}
