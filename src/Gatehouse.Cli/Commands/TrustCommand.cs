using Gatehouse.Cli.Composition;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse trust</c>: the commands about the trust database.</summary>
internal sealed class TrustCommand : CliCommand
{
    public TrustCommand(CliContext context)
        : base("trust", "Record which programs, libraries, scripts and kernel modules are known, and who says so.", context)
    {
        Subcommands.Add(new TrustScanCommand(context));
        Subcommands.Add(new TrustUpdateCommand(context));
        Subcommands.Add(new TrustAddCommand(context));
        Subcommands.Add(new TrustRemoveCommand(context));
        Subcommands.Add(new TrustListCommand(context));
        Subcommands.Add(new TrustVerifyCommand(context));
        Subcommands.Add(new TrustExportCommand(context));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse trust scan", "Record what the package database owns."),
        new("sudo gatehouse trust add /opt/vendor/bin/tool", "Record a file by hand."),
        new("sudo gatehouse trust verify", "Compare the database with the host."),
    ];

    public override string Statuses => TrustArguments.WriterStatuses;
}
