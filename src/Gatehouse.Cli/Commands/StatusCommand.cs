using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Status;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse status</c>: how the agent is.</summary>
/// <remarks>0 if all is well, 1 if degraded, 3 if no agent answers, 4 if a canary denial does not happen or nothing is in force.</remarks>
internal sealed class StatusCommand : CliCommand
{
    public StatusCommand(CliContext context)
        : base("status", "Show how the agent is and whether enforcement is proven.", context)
    {
        var json = CliContext.Json("Print one JSON object.");
        var cost = new Option<bool>("--cost") { Description = "Show what the programs in the kernel cost this host, counted for some seconds." };
        var seconds = CliContext.WholeNumber("--seconds", "N", "How long --cost counts, 1 to 30 s; 5 s by default.", 1, 30);
        Options.Add(json);
        Options.Add(cost);
        Options.Add(seconds);
        SetAction((result, cancellationToken) => Context.WithAgentAsync(
            result,
            client => result.GetValue(cost)
                ? CostAsync(client, result.GetValue(seconds) ?? 5, result.GetValue(json), cancellationToken)
                : RunAsync(client, result.GetValue(json), cancellationToken)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse status", "Show everything."),
        new("sudo gatehouse status --cost --seconds 20", "What each program in the kernel costs, as the kernel counts it."),
        new("sudo gatehouse status --json | jq .enforcement.proven", "Whether every canary denial happens."),
    ];

    public override string Statuses => "0 ok, 1 degraded, or failed, 2 bad usage, 3 no agent answers, 4 the host is not protected";

    private async Task<int> RunAsync(ControlClient client, bool json, CancellationToken cancellationToken)
    {
        var status = await client.GetStatusAsync(cancellationToken);
        if (json)
        {
            Context.WriteJson(status, GatehouseJson.Default.AgentStatus);
        }
        else
        {
            Context.Write(StatusReport.Of(status));
        }

        return status.Health switch
        {
            _ when !status.Enforcement.Proven => ExitStatus.NotEnforcing,
            AgentHealth.Ok => ExitStatus.Ok,
            AgentHealth.Degraded => ExitStatus.Failed,
            _ => ExitStatus.NotEnforcing,
        };
    }

    private async Task<int> CostAsync(ControlClient client, int seconds, bool json, CancellationToken cancellationToken)
    {
        var report = await client.GetCostAsync(seconds, cancellationToken);
        if (json)
        {
            Context.WriteJson(report, GatehouseJson.Default.CostReport);
        }
        else
        {
            Context.Write(CostTable.Of(report));
        }

        return ExitStatus.Ok;
    }
}
