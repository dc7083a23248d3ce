using System.CommandLine;
using System.Globalization;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Policy;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse events</c>: the decisions, as they were or are made.</summary>
internal sealed class EventsCommand : CliCommand
{
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on with new events until interrupted." };
    private readonly Option<bool> _json = CliContext.Json("Print one JSON object a line, as the agent sends it.");
    private readonly Option<string[]> _verdict = new("--verdict")
    {
        Description = "Only decisions with this verdict (audit: an audited rule matched); may be repeated.",
    };

    private readonly Option<string[]> _operation = new("--operation")
    {
        Description = "Only this operation; may be repeated.",
        HelpName = "OPERATION",
    };

    private readonly Option<ulong?> _since = new("--since")
    {
        Description = "Only records after this cursor; 0 is from the oldest that the agent keeps.",
        HelpName = "CURSOR",
        CustomParser = static result =>
        {
            if (ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
            {
                return cursor;
            }

            result.AddError("--since is a whole number: the cursor of a record, or 0");
            return null;
        },
    };

    private readonly Option<int?> _limit = CliContext.WholeNumber(
        "--limit", "COUNT", "At most so many: with --follow or --since the first, otherwise the last.");

    private readonly Option<bool> _canaries = new("--canaries") { Description = "Also show the canary denials that the agent provokes itself." };

    public EventsCommand(CliContext context)
        : base("events", "Show decisions: those that the agent keeps, or with --follow new ones.", context)
    {
        _verdict.AcceptOnlyFromAmong("deny", "kill", "allow", "audit");
        _operation.CompletionSources.Add([.. OperationTable.All.Select(PolicyWords.Of).Distinct(StringComparer.Ordinal)]);
        foreach (var option in (IEnumerable<Option>)[_follow, _json, _verdict, _operation, _since, _limit, _canaries])
        {
            Options.Add(option);
        }

        SetAction((result, cancellationToken) => Context.WithAgentAsync(result, client => RunAsync(client, result, cancellationToken)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse events --follow", "Watch decisions as they are made."),
        new("sudo gatehouse events --verdict deny --limit 20", "The last 20 refusals that the agent keeps."),
        new("sudo gatehouse events --follow --operation process.open --verdict deny", "Who reaches for a process and may not."),
        new("sudo gatehouse events --follow --since 0 --json | jq -r '.object.image.path // empty'", "Everything, for a program."),
    ];

    private async Task<int> RunAsync(ControlClient client, ParseResult result, CancellationToken cancellationToken)
    {
        var filter = new EventFilter(result.GetValue(_verdict) ?? [], result.GetValue(_operation) ?? [], result.GetValue(_canaries));
        var query = new EventQuery { Follow = result.GetValue(_follow), Since = result.GetValue(_since) };
        var limit = result.GetValue(_limit);
        var json = result.GetValue(_json);

        // The limit counts what is shown, so it is applied here, after the filter.
        var last = !query.Follow && query.Since is null && limit is not null ? new Queue<(string Line, StreamRecord Record)>() : null;
        var shown = 0;
        try
        {
            await foreach (var line in client.ReadEventLinesAsync(query, cancellationToken))
            {
                var record = ControlClient.ParseEvent(line);
                if (!filter.Shows(record))
                {
                    continue;
                }

                if (last is not null)
                {
                    last.Enqueue((line, record));
                    if (last.Count > limit)
                    {
                        last.Dequeue();
                    }

                    continue;
                }

                Show(line, record, json);
                if (++shown == limit)
                {
                    return ExitStatus.Ok;
                }
            }
        }
        catch (OperationCanceledException) when (query.Follow && cancellationToken.IsCancellationRequested)
        {
            // Interrupted: the way that following ends.
        }

        foreach (var (line, record) in last ?? [])
        {
            Show(line, record, json);
        }

        return ExitStatus.Ok;
    }

    private void Show(string line, StreamRecord record, bool json)
    {
        if (json)
        {
            Context.Environment.Output.WriteLine(line);
        }
        else
        {
            Context.Write(EventReport.Of(record));
        }
    }
}
