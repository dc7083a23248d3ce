using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Json;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse ticket list</c>.</summary>
internal sealed class TicketListCommand : CliCommand
{
    public TicketListCommand(CliContext context)
        : base("list", "List the tickets that were used on this host, by whom, and until when they allow something.", context)
    {
        var json = CliContext.Json("Print one JSON object.");
        Options.Add(json);
        SetAction((result, cancellationToken) => Context.WithAgentAsync(
            result, client => RunAsync(client, result.GetValue(json), cancellationToken)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse ticket list", "List them."),
        new("sudo gatehouse ticket list --json | jq -r '.tickets[]|select(.activeUntil)|.id'", "Those that allow something at this moment."),
    ];

    private async Task<int> RunAsync(ControlClient client, bool json, CancellationToken cancellationToken)
    {
        var list = await client.GetTicketsAsync(cancellationToken);
        if (json)
        {
            Context.WriteJson(list, GatehouseJson.Default.TicketList);
            return ExitStatus.Ok;
        }

        var report = new Report();
        if (list.Tickets.Count > 0)
        {
            report.Table(
                ["TICKET", "ALLOWS", "USED", "BY", "ACTIVE UNTIL", "REASON"],
                list.Tickets.Select(static t => (IReadOnlyList<Piece>)
                [
                    t.Id,
                    (string.Join(',', t.Actions), Tone.Strong),
                    TicketWords.Of(t.UsedAt),
                    $"uid {t.UsedByUid} pid {t.UsedByPid}",
                    t.ActiveUntil is { } until ? (TicketWords.Of(until), Tone.Warning) : ("over", Tone.Faint),
                    t.Reason ?? "",
                ]));
        }
        else
        {
            report.Line("no ticket was used");
        }

        report.Line(TicketReport.Label("host"), list.Host ?? "this host has no machine id");
        report.Line(TicketReport.Label("owner's key"), list.OwnerKey ?? "none");
        if (list.Problem is { } problem)
        {
            report.Line(TicketReport.Label("problem"), (problem, Tone.Bad));
        }

        Context.Write(report);
        return ExitStatus.Ok;
    }
}
