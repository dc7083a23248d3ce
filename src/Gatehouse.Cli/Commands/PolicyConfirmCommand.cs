using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk.Json;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy confirm</c>: keep what <c>policy try</c> put in force, or go back at once.</summary>
internal sealed class PolicyConfirmCommand : CliCommand
{
    public PolicyConfirmCommand(CliContext context)
        : base("confirm", "Keep the policies that are tried.", context)
    {
        var revert = new Option<bool>("--revert") { Description = "Go back to the policies before at once, instead." };
        var json = CliContext.Json("Print the agent's answer as one JSON object.");
        Options.Add(revert);
        Options.Add(json);
        SetAction((result, cancellationToken) => Context.WithAgentAsync(result, async client =>
        {
            var back = result.GetValue(revert);
            var trial = back ? await client.EndTrialAsync(cancellationToken) : await client.ConfirmTrialAsync(cancellationToken);
            if (result.GetValue(json))
            {
                Context.WriteJson(trial, GatehouseJson.Default.TrialStatus);
            }
            else
            {
                var names = string.Join(", ", trial.Policies.DefaultIfEmpty("no policy"));
                Context.Write(new Report().Line((back ? "went back from " : "kept ", Tone.Good), names));
            }

            return ExitStatus.Ok;
        }));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse policy confirm", "Keep what `gatehouse policy try` put in force."),
        new("sudo gatehouse policy confirm --revert", "End the trial before its time."),
    ];
}
