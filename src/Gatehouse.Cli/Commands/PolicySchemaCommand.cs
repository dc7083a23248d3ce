using Gatehouse.Cli.Composition;
using Gatehouse.Policy;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy schema</c>: the JSON schema of policy files, made from what the parser reads by.</summary>
internal sealed class PolicySchemaCommand : CliCommand
{
    public PolicySchemaCommand(CliContext context)
        : base("schema", "Print the JSON schema of policy files, for editors; needs no agent and no rights.", context) =>
        SetAction(_ =>
        {
            Context.Environment.Output.Write(PolicySchema.ToJson());
            return ExitStatus.Ok;
        });

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse policy schema > gatehouse.schema.json", "Save it for an editor."),
    ];

    public override string Statuses => "0 ok, 2 bad usage";
}
