using Gatehouse.Cli.Composition;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse policy</c>: the commands about policies.</summary>
internal sealed class PolicyCommand : CliCommand
{
    public PolicyCommand(CliContext context)
        : base("policy", "Write, check, test, try, apply and explain policies.", context)
    {
        Subcommands.Add(new PolicyCheckCommand(context));
        Subcommands.Add(new PolicyTestCommand(context));
        Subcommands.Add(new PolicyReplayCommand(context));
        Subcommands.Add(new PolicyDiffCommand(context));
        Subcommands.Add(new PolicyExplainCommand(context));
        Subcommands.Add(new PolicyLearnCommand(context));
        Subcommands.Add(new PolicySchemaCommand(context));
        Subcommands.Add(new PolicyTryCommand(context));
        Subcommands.Add(new PolicyConfirmCommand(context));
        Subcommands.Add(new PolicyApplyCommand(context));
        Subcommands.Add(new PolicyListCommand(context));
        Subcommands.Add(new PolicyShowCommand(context));
        Subcommands.Add(new PolicyRemoveCommand(context));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse policy check policies/", "Find mistakes before anybody else does."),
        new("sudo gatehouse policy apply no-netcat.yaml", "Put a policy in force."),
    ];
}
