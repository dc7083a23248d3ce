using Gatehouse.Cli.Composition;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse key</c>: the commands about the owner's key.</summary>
internal sealed class KeyCommand : CliCommand
{
    public KeyCommand(CliContext context)
        : base("key", "Make the owner's key, which signs the trust database and maintenance tickets.", context)
    {
        Subcommands.Add(new KeyNewCommand(context));
        Subcommands.Add(new KeyShowCommand(context));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse key new --out /media/stick/owner.pem", "Make a key on a medium that does not stay in the host."),
        new("gatehouse key show /etc/gatehouse/owner.pub", "Which key a host belongs to."),
    ];

    public override string Statuses => "0 ok, 1 failed, 2 bad input or usage";
}
