using System.CommandLine;
using Gatehouse.Cli.Commands;
using Gatehouse.Cli.Composition;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

public sealed class HelpTests
{
    public static TheoryData<string> AllCommands => [.. Walk(Root(), []).Select(static c => c.Path)];

    [Theory]
    [MemberData(nameof(AllCommands))]
    public async Task Every_command_has_a_description_and_examples_that_parse(string path)
    {
        var command = Walk(Root(), []).Single(c => c.Path == path).Command;
        command.Description.ShouldNotBeNullOrWhiteSpace();
        var examples = command is CliCommand own ? own.Examples : [];

        var (status, output, _) = await CommandLine.RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        status.ShouldBe(0);
        output.ShouldContain("Examples:");
        output.ShouldContain("Exit status:");
        if (command is CliCommand { Statuses: var statuses })
        {
            output.ShouldContain("Exit status:\n  " + statuses + "\n");
            examples.ShouldNotBeEmpty();
        }

        foreach (var example in examples)
        {
            output.ShouldContain(example.Line);
            Root().Parse(Arguments(example.Line)).Errors.ShouldBeEmpty(example.Line);
        }
    }

    [Theory]
    [MemberData(nameof(AllCommands))]
    public void Every_option_and_argument_is_described(string path)
    {
        var command = Walk(Root(), []).Single(c => c.Path == path).Command;

        command.Options.ShouldAllBe(o => !string.IsNullOrWhiteSpace(o.Description));
        command.Arguments.ShouldAllBe(a => !string.IsNullOrWhiteSpace(a.Description));
    }

    private static RootCommand Root() => CliApplication.Build(new CliEnvironment
    {
        Output = TextWriter.Null,
        Error = TextWriter.Null,
        RunProbes = static () => [],
    });

    private static IEnumerable<(string Path, Command Command)> Walk(Command command, IReadOnlyList<string> path) =>
        command.Subcommands.SelectMany(c => Walk(c, [.. path, c.Name])).Prepend((string.Join(' ', path), command));

    // What a shell would pass: without sudo, up to the first operator, without process substitution.
    private static string[] Arguments(string line)
    {
        var start = line.IndexOf("gatehouse", StringComparison.Ordinal);
        var end = line.IndexOfAny(['|', '>', ')'], start);
        return line[start..(end < 0 ? line.Length : end)].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
    }
}
