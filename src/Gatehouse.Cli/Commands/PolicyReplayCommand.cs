using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Recorded;
using Gatehouse.Cli.Rendering;
using Gatehouse.Kernel.Loading;
using Gatehouse.Policy;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy replay</c>: what policies would have done with recorded events.</summary>
/// <remarks>0 if every line was read, 2 if a line is no record (the others are judged all the same).</remarks>
internal sealed class PolicyReplayCommand : CliCommand
{
    private const int ShownProblems = 20;

    public PolicyReplayCommand(CliContext context)
        : base("replay", "Show what policies would have refused, killed or reported among recorded events.", context)
    {
        var files = PolicySources.Argument();
        var events = new Option<string>("--events")
        {
            Description = "What `gatehouse events --json` printed; - is standard input.",
            HelpName = "FILE",
            Required = true,
        };
        var thisHost = new Option<bool>("--this-host")
        {
            Description = "Follow the symbolic links of this host in the policies' paths, as applying them here would.",
        };
        var json = CliContext.Json("Print one JSON object.");
        Arguments.Add(files);
        Options.Add(events);
        Options.Add(thisHost);
        Options.Add(json);
        SetAction(result => Run(result.GetValue(files)!, result.GetValue(events)!, result.GetValue(thisHost), result.GetValue(json)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse policy replay no-netcat.yaml --events week.ndjson", "What would this policy have refused last week?"),
        new("sudo gatehouse events --json | gatehouse policy replay --events - no-netcat.yaml", "The same for what the agent keeps."),
    ];

    public override string Statuses => "0 ok, 2 bad input or usage, or a line that is no event";

    private int Run(string[] paths, string eventsPath, bool thisHost, bool json)
    {
        if (CompiledSources.Read(Context, paths) is not { } compiled)
        {
            return ExitStatus.BadInput;
        }

        var image = thisHost
            ? PolicyCompiler.Link(compiled.Image, ResolvedPaths.Of(PolicyCompiler.PathsToResolve(compiled.Image)))
            : compiled.Image;
        var tally = new ReplayTally(image);
        try
        {
            using var reader = EventFile.Open(eventsPath, Context.Environment.Input);
            foreach (var (line, record, problem) in EventFile.Read(reader))
            {
                tally.Add(line, record, problem);
            }
        }
        catch (IOException e)
        {
            return Context.Fail(ExitStatus.BadInput, e.Message);
        }

        var report = tally.ToReport();
        if (json)
        {
            Context.WriteJson(report, ToolJson.Default.ReplayReport);
        }
        else
        {
            Context.Write(ReplayText.Of(report));
            WriteProblems(report.MalformedLines, eventsPath);
        }

        return report.MalformedLines.Count == 0 ? ExitStatus.Ok : ExitStatus.BadInput;
    }

    private void WriteProblems(IReadOnlyList<LineProblem> problems, string eventsPath)
    {
        foreach (var problem in problems.Take(ShownProblems))
        {
            Context.Fail(ExitStatus.BadInput, $"{eventsPath}:{problem.Line}: {problem.Problem}");
        }

        if (problems.Count > ShownProblems)
        {
            Context.Fail(ExitStatus.BadInput, $"{eventsPath}: {problems.Count - ShownProblems} more lines are no events");
        }
    }
}
