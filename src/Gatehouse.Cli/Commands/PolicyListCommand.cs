using System.Globalization;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk;
using Gatehouse.Sdk.Json;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy list</c>.</summary>
internal sealed class PolicyListCommand : CliCommand
{
    // Enough to tell versions apart at a glance; --json has all 64.
    private const int ShownDigits = 12;

    public PolicyListCommand(CliContext context)
        : base("list", "List the policies in force, in order of evaluation.", context)
    {
        var json = CliContext.Json("Print one JSON object.");
        Options.Add(json);
        SetAction((result, cancellationToken) => Context.WithAgentAsync(
            result, client => RunAsync(client, result.GetValue(json), cancellationToken)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse policy list", "List them."),
        new("sudo gatehouse policy list --json | jq -r '.policies[].name'", "Their names, for a script."),
    ];

    private async Task<int> RunAsync(ControlClient client, bool json, CancellationToken cancellationToken)
    {
        var list = await client.GetPoliciesAsync(cancellationToken);
        if (json)
        {
            Context.WriteJson(list, GatehouseJson.Default.PolicyList);
            return ExitStatus.Ok;
        }

        var report = new Report();
        if (list.Policies.Count == 0)
        {
            report.Line("no policy is known to be in force");
        }
        else
        {
            report.Table(
                ["NAME", "CLIENT", "ALTITUDE", "RULES", "FILE", "SHA-256", "DESCRIPTION"],
                list.Policies.Select(static p => (IReadOnlyList<Piece>)
                [
                    (p.Name, Tone.Strong),
                    p.Client,
                    p.Altitude.ToString(CultureInfo.InvariantCulture),
                    p.Rules.ToString(CultureInfo.InvariantCulture),
                    p.FileName,
                    (p.SourceSha256[..ShownDigits], Tone.Faint),
                    p.Description ?? "",
                ]));
        }

        Context.Write(report.Line($"generation {list.Generation}"));
        return ExitStatus.Ok;
    }
}
