using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse ticket show</c>. Needs no agent.</summary>
internal sealed class TicketShowCommand : CliCommand
{
    public TicketShowCommand(CliContext context)
        : base("show", "Print what a ticket says and, with a key, whether the key has signed it. Needs no agent.", context)
    {
        var file = TicketPaste.Argument();
        var key = new Option<string?>("--key") { Description = "The owner's public key (PEM), to verify the signature with.", HelpName = "FILE" };
        Arguments.Add(file);
        Options.Add(key);
        SetAction(result => Run(result.GetValue(file)!, result.GetValue(key)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse ticket show ticket.txt --key /etc/gatehouse/owner.pub", "What it allows, and whether the owner has signed it."),
        new("gatehouse ticket show -", "Of one that is pasted in; Ctrl-D ends it."),
    ];

    public override string Statuses => "0 ok, 1 the key has not signed it, 2 bad input or usage";

    private int Run(string file, string? keyPath)
    {
        try
        {
            var text = TicketPaste.Read(Context, file);
            var report = TicketReport.Of(TicketReader.ReadUnverified(text));
            if (keyPath is null)
            {
                Context.Write(report.Line(TicketReport.Label("signature"), ("not verified: --key FILE names the key to verify it with", Tone.Warning)));
                return ExitStatus.Ok;
            }

            using var owner = OwnerKey.Read(keyPath) ?? throw new TrustRefusedException($"there is no {keyPath}");
            var problem = Verify(text, owner);
            Context.Write(report.Line(TicketReport.Label("signature"), problem is null ? ("right", Tone.Good) : ("WRONG: " + problem, Tone.Bad)));
            return problem is null ? ExitStatus.Ok : ExitStatus.Failed;
        }
        catch (Exception e) when (e is IOException or TicketRefusedException or TrustRefusedException)
        {
            return Context.Fail(ExitStatus.BadInput, e.Message);
        }
    }

    private static string? Verify(string text, OwnerKey owner)
    {
        try
        {
            _ = TicketReader.Read(text, owner);
            return null;
        }
        catch (TicketRefusedException e)
        {
            return e.Message;
        }
    }
}
