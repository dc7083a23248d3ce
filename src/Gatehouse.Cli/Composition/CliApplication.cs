using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Gatehouse.Cli.Commands;
using Gatehouse.Cli.Rendering;

namespace Gatehouse.Cli.Composition;

/// <summary>The command tree of <c>gatehouse</c> and how it is run.</summary>
internal static class CliApplication
{
    public static async Task<int> InvokeAsync(string[] arguments, CliEnvironment environment)
    {
        var parsed = Build(environment).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            return ReportUsage(parsed, environment);
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = environment.Output,
                Error = environment.Error,

                // A fault of ours is better reported with its stack than swallowed.
                EnableDefaultExceptionHandler = false,
            });
        }
        catch (IOException e) when (IsBrokenPipe(e))
        {
            // The reader has what it wanted (`| head`): the normal end of a pipe, not a failure.
            return ExitStatus.Ok;
        }
    }

    public static RootCommand Build(CliEnvironment environment)
    {
        var context = new CliContext(environment);
        var root = new RootCommand("Gatehouse: decides which programs and libraries this host runs, and what its processes may do to each other.")
        {
            new DoctorCommand(context),
            new StatusCommand(context),
            new PolicyCommand(context),
            new TrustCommand(context),
            new KeyCommand(context),
            new TicketCommand(context),
            new ClientsCommand(context),
            new EventsCommand(context),
            new SelftestCommand(context),
            new CompletionCommand(context),
        };
        root.Options.Add(context.Socket);
        var help = root.Options.OfType<HelpOption>().Single();

        // Spellings of another system; here they would only stand among the suggestions.
        help.Aliases.Remove("/h");
        help.Aliases.Remove("/?");
        help.Action = new HelpWithExamples((HelpAction)help.Action!, context);
        return root;
    }

    // The library would print the whole help, to standard output; the mistake alone is what one looks for.
    private static int ReportUsage(ParseResult parsed, CliEnvironment environment)
    {
        foreach (var error in parsed.Errors)
        {
            environment.Error.WriteLine("gatehouse: " + SafeText.Escape(error.Message.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal)));
        }

        var path = string.Join(' ', Names(parsed.CommandResult));
        environment.Error.WriteLine($"gatehouse: see {path} --help");
        return ExitStatus.BadInput;
    }

    private static IEnumerable<string> Names(CommandResult result) =>
        result.Parent is CommandResult parent ? [.. Names(parent), result.Command.Name] : ["gatehouse"];

    private static bool IsBrokenPipe(IOException e)
    {
        const int epipe = 32;
        return e.HResult == epipe;
    }

    private sealed class HelpWithExamples(HelpAction inner, CliContext context) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var status = inner.Invoke(parseResult);
            var command = parseResult.CommandResult.Command;
            var examples = command is CliCommand own ? own.Examples : RootExamples;
            var output = context.Environment.Output;
            output.WriteLine("Examples:");
            foreach (var (line, purpose) in examples)
            {
                output.WriteLine("  " + line);
                output.WriteLine("      " + purpose);
            }

            output.WriteLine();
            output.WriteLine("Exit status:");
            output.WriteLine("  " + (command is CliCommand { Statuses: var statuses } ? statuses : AllStatuses));
            output.WriteLine();
            return status;
        }
    }

    private const string AllStatuses = "0 ok, 1 failed, 2 bad input or usage, 3 no agent answers, 4 the host cannot enforce, or does not";

    private static IReadOnlyList<Example> RootExamples { get; } =
    [
        new("gatehouse doctor", "Find out whether this host can enforce, and what to do if not."),
        new("gatehouse policy check no-netcat.yaml", "Find the mistakes in a policy; needs no agent."),
        new("sudo gatehouse policy apply no-netcat.yaml", "Put a policy in force."),
        new("sudo gatehouse events --follow", "Watch decisions as they are made."),
    ];
}
