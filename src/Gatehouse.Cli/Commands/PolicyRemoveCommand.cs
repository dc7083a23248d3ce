using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk.Json;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy remove</c>.</summary>
internal sealed class PolicyRemoveCommand : CliCommand
{
    public PolicyRemoveCommand(CliContext context)
        : base("remove", "Take a policy out of force.", context)
    {
        var name = PolicyName.Argument();
        var json = CliContext.Json("Print the agent's answer as one JSON object.");
        Arguments.Add(name);
        Options.Add(json);
        SetAction((result, cancellationToken) => Context.WithAgentAsync(result, async client =>
        {
            var answer = await client.RemovePolicyAsync(result.GetValue(name)!, cancellationToken);
            if (result.GetValue(json))
            {
                Context.WriteJson(answer, GatehouseJson.Default.ApplyPoliciesResult);
            }
            else
            {
                Context.Write(new Report().Line(
                    ($"generation {answer.Generation} is in force", Tone.Good),
                    $": {string.Join(", ", answer.Policies.Select(static p => p.Name).DefaultIfEmpty("no policy"))}"));
            }

            return ExitStatus.Ok;
        }));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse policy remove no-netcat", "End one policy; the others stay."),
    ];
}
