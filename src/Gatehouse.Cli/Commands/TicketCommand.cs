using Gatehouse.Cli.Composition;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse ticket</c>: the commands about maintenance tickets.</summary>
internal sealed class TicketCommand : CliCommand
{
    public TicketCommand(CliContext context)
        : base("ticket", "Make and use maintenance tickets: what the owner allows on a host for a time.", context)
    {
        Subcommands.Add(new TicketNewCommand(context));
        Subcommands.Add(new TicketShowCommand(context));
        Subcommands.Add(new TicketUseCommand(context));
        Subcommands.Add(new TicketListCommand(context));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse ticket new --key owner.pem --allow unseal --for 2h --host 4c4c45440042351080354fc04f463032", "Where the private key is."),
        new("sudo gatehouse ticket use ticket.txt", "On the host."),
    ];
}
