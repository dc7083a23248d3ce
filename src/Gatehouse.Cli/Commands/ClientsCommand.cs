using System.Globalization;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Clients;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse clients</c>: who may be a client, and what each has in force.</summary>
internal sealed class ClientsCommand : CliCommand
{
    public ClientsCommand(CliContext context)
        : base("clients", "List the clients: which are registered, which are connected, and what each has in force.", context)
    {
        var json = CliContext.Json("Print one JSON object.");
        Options.Add(json);
        SetAction((result, cancellationToken) => Context.WithAgentAsync(
            result, client => RunAsync(client, result.GetValue(json), cancellationToken)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse clients", "List them, and what is wrong with files that register nobody."),
        new("sudo gatehouse clients --json | jq -r '.problems[]|.file'", "The files that register nobody."),
    ];

    public override string Statuses => "0 ok, 1 a file registers nobody, or failed, 2 bad usage, 3 no agent answers";

    private async Task<int> RunAsync(ControlClient client, bool json, CancellationToken cancellationToken)
    {
        var list = await client.GetClientsAsync(cancellationToken);
        if (json)
        {
            Context.WriteJson(list, GatehouseJson.Default.ClientList);
        }
        else
        {
            Context.Write(Describe(list));
        }

        return list.Problems.Count == 0 ? ExitStatus.Ok : ExitStatus.Failed;
    }

    private static Report Describe(ClientList list)
    {
        var report = new Report();
        if (list.Clients.Count > 0)
        {
            report.Table(["CLIENT", "SESSION", "USER", "EXECUTABLE", "CLASSES", "ALTITUDES", "POLICIES", "RULES"], list.Clients.Select(Row));
        }

        report.Line(list.RegisteredOnly
            ? $"registered in {list.Directory}: {list.Clients.Count}"
            : $"{list.Directory} registers nobody: root may be a client under any name");
        foreach (var problem in list.Problems)
        {
            report.Line((DiagnosticText.Render(problem, source: null), Tone.Bad));
        }

        return report;
    }

    private static IReadOnlyList<Piece> Row(ClientSummary client)
    {
        var registration = client.Registration;
        return
        [
            (client.Name, Tone.Strong),
            client.Session is { } session
                ? (string.Create(CultureInfo.InvariantCulture, $"pid {session.Pid}, altitude {session.Altitude}"), Tone.Good)
                : ("none", Tone.Faint),
            registration?.User ?? "root",
            registration?.Executable ?? "any",
            registration is null ? "all" : string.Join(',', registration.Classes),
            registration is null ? "any" : string.Create(CultureInfo.InvariantCulture, $"{registration.LowestAltitude}-{registration.HighestAltitude}"),
            client.Policies.Count == 0 ? "none" : string.Join(',', client.Policies),
            client.Rules.ToString(CultureInfo.InvariantCulture),
        ];
    }
}
