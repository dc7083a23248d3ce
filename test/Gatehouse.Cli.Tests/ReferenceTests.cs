using System.CommandLine;
using System.CommandLine.Help;
using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Control;
using Gatehouse.Cli.Composition;
using Gatehouse.Trust;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

/// <summary>What docs/reference says about the command line is what the command line has.</summary>
public sealed class ReferenceTests
{
    private static readonly string Reference = File.ReadAllText(Path.Combine(Root(), "docs/reference/command-line.md"));

    [Fact]
    public void Every_command_and_option_is_in_the_reference()
    {
        var root = CliApplication.Build(new CliEnvironment { Output = TextWriter.Null, Error = TextWriter.Null, RunProbes = static () => [] });
        foreach (var (path, command) in Walk(root, []).Where(static c => c.Path.Count > 0 && c.Command.Subcommands.Count == 0))
        {
            // The row of the command's table: | `policy apply FILE... [--json]` | ...
            var row = Reference.Split('\n').SingleOrDefault(l => l.StartsWith("| `" + string.Join(' ', path), StringComparison.Ordinal));
            row.ShouldNotBeNull(string.Join(' ', path));
            foreach (var option in command.Options.Where(static o => o is not HelpOption))
            {
                row.ShouldContain(option.Name);
            }
        }
    }

    [Fact]
    public async Task Every_option_of_the_agent_is_in_the_reference()
    {
        using var help = new StringWriter();
        await AgentCommandLine.InvokeAsync(["--help"], (_, _) => Task.FromResult(0), help, TextWriter.Null);
        var options = help.ToString().Split('\n')
            .TakeWhile(static l => !l.StartsWith("Examples", StringComparison.Ordinal))
            .Select(static l => l.Trim().Split(' ')[0])
            .Where(static w => w.StartsWith("--", StringComparison.Ordinal) && w is not "--version")
            .ToList();

        options.Count.ShouldBe(12);
        options.ShouldAllBe(o => Reference.Contains("| `" + o, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_refusal_of_a_ticket_is_in_the_reference()
    {
        var api = File.ReadAllText(Path.Combine(Root(), "docs/reference/control-api.md")).Split('\n');
        foreach (var (status, kind, _) in Enum.GetValues<TicketRefusal>().Select(TicketEndpoints.Problem))
        {
            api.Count(l => l.StartsWith($"| {status} | ", StringComparison.Ordinal) && l.Contains($"`{kind}`", StringComparison.Ordinal)).ShouldBe(1, kind);
        }
    }

    [Fact]
    public void Every_action_of_tickets_is_in_the_guide()
    {
        var guide = File.ReadAllText(Path.Combine(Root(), "docs/guides/tickets.md"));
        TicketWords.Actions.ShouldAllBe(a => guide.Contains($"| `{TicketWords.Of(a)}` |", StringComparison.Ordinal));
    }

    private static IEnumerable<(IReadOnlyList<string> Path, Command Command)> Walk(Command command, IReadOnlyList<string> path) =>
        command.Subcommands.SelectMany(c => Walk(c, [.. path, c.Name])).Prepend((path, command));

    private static string Root()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "global.json")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("not in the repository");
        }

        return directory;
    }
}
