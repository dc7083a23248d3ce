using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Recorded;
using Gatehouse.Policy;
using Gatehouse.Sdk;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy learn</c>: proposes allow rules for what audit rules reported.</summary>
/// <remarks>0 if there is something to propose, 1 if not, 2 if a line is no record (the others are used all the same).</remarks>
internal sealed class PolicyLearnCommand : CliCommand
{
    private readonly Option<string> _events = new("--events")
    {
        Description = "What `gatehouse events --json` printed; - is standard input.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _last = new("--last") { Description = "Use the events that the agent keeps." };
    private readonly Option<string[]> _class = new("--class") { Description = "Only operations of this class; may be repeated." };
    private readonly Option<string> _name = new("--name")
    {
        Description = "Name of the proposed policy.",
        HelpName = "NAME",
        DefaultValueFactory = static _ => "learned",
    };

    public PolicyLearnCommand(CliContext context)
        : base("learn", "Propose allow rules, by identity and never by path, for what audit rules reported.", context)
    {
        _class.AcceptOnlyFromAmong("process", "image", "thread", "memory");
        _name.Validators.Add(static result =>
        {
            var name = result.GetValueOrDefault<string>() ?? "";
            if (name.Length is 0 or > 63 || name[0] is '.' or '-' || !name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-'))
            {
                result.AddError("--name is 1 to 63 lower-case letters, digits, dots and hyphens, beginning with a letter or digit");
            }
        });
        foreach (var option in (IEnumerable<Option>)[_events, _last, _class, _name])
        {
            Options.Add(option);
        }

        Validators.Add(result =>
        {
            if (result.GetResult(_events) is null == !result.GetValue(_last))
            {
                result.AddError("say where the events are: --events FILE or --last");
            }
        });
        SetAction(RunAsync);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse policy learn --last > proposal.yaml", "Propose from what the agent keeps."),
        new("gatehouse policy learn --events week.ndjson --class process", "Propose from a record, for one class."),
        new("sudo gatehouse policy learn --last --class memory", "List which programs make executable memory, and the narrowest exemption for each."),
    ];

    public override string Statuses => "0 ok, 1 there is nothing to propose, 2 bad input or usage, or a line that is no event, 3 no agent answers (--last)";

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var collected = new LearnedEvents(result.GetValue(_class) ?? []);
        if (result.GetValue(_last))
        {
            return await Context.WithAgentAsync(result, async client =>
            {
                await foreach (var record in client.ReadEventsAsync(new EventQuery(), cancellationToken))
                {
                    collected.Add(record);
                }

                return Write(result, collected.Events, malformed: 0);
            });
        }

        var path = result.GetValue(_events)!;
        var malformed = 0;
        const int Shown = 20;
        try
        {
            using var reader = EventFile.Open(path, Context.Environment.Input);
            foreach (var (line, record, problem) in EventFile.Read(reader))
            {
                if (record is null)
                {
                    if (++malformed <= Shown)
                    {
                        Context.Fail(ExitStatus.BadInput, $"{path}:{line}: {problem}");
                    }
                }
                else
                {
                    collected.Add(record);
                }
            }
        }
        catch (IOException e)
        {
            return Context.Fail(ExitStatus.BadInput, e.Message);
        }

        if (malformed > Shown)
        {
            Context.Fail(ExitStatus.BadInput, $"{path}: {malformed - Shown} more lines are no events");
        }

        return Write(result, collected.Events, malformed);
    }

    private int Write(ParseResult result, IReadOnlyList<LearnedEvent> events, int malformed)
    {
        var proposal = PolicyLearner.Propose(result.GetValue(_name)!, events);
        Context.Environment.Output.Write(proposal.Text);
        if (malformed > 0)
        {
            return ExitStatus.BadInput;
        }

        return proposal.Rules > 0
            ? ExitStatus.Ok
            : Context.Fail(ExitStatus.Failed, $"there is nothing to propose: {events.Count} events with a rule that only reports, {proposal.Refused} of them cannot be allowed by a rule");
    }
}
