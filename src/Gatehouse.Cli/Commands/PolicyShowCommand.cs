using Gatehouse.Cli.Composition;
using Gatehouse.Sdk.Json;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy show</c>.</summary>
internal sealed class PolicyShowCommand : CliCommand
{
    public PolicyShowCommand(CliContext context)
        : base("show", "Print the text of a policy in force, exactly as it was applied.", context)
    {
        var name = PolicyName.Argument();
        var json = CliContext.Json("Print one JSON object with the text in it.");
        Arguments.Add(name);
        Options.Add(json);
        SetAction((result, cancellationToken) => Context.WithAgentAsync(result, async client =>
        {
            var policy = await client.GetPolicyAsync(result.GetValue(name)!, cancellationToken);
            if (result.GetValue(json))
            {
                Context.WriteJson(policy, GatehouseJson.Default.PolicyText);
            }
            else
            {
                // Byte for byte, so that it can be saved and applied again; it was accepted by the parser, so it is text.
                Context.Environment.Output.Write(policy.Text);
            }

            return ExitStatus.Ok;
        }));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse policy show no-netcat > no-netcat.yaml", "Get the file back."),
    ];
}
