using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse key show</c>.</summary>
internal sealed class KeyShowCommand : CliCommand
{
    public KeyShowCommand(CliContext context)
        : base("show", "Print a key's fingerprint, the same for its private and its public half.", context)
    {
        var file = new Argument<string>("FILE") { Description = "The key (PEM, ECDSA P-256), private or public." };
        file.Validators.Add(static r => PolicySources.RefuseOptions(r, r.Tokens.Select(static t => t.Value)));
        Arguments.Add(file);
        SetAction(result => Run(result.GetValue(file)!));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse key show /etc/gatehouse/owner.pub", "Which key a host belongs to; a ticket names the key that has signed it."),
    ];

    public override string Statuses => "0 ok, 2 bad input or usage";

    private int Run(string path)
    {
        try
        {
            var (fingerprint, isPrivate) = OwnerKey.Identify(path);
            Context.Write(new Report().Line((fingerprint.ToString(), Tone.Strong), isPrivate ? " private" : " public"));
            return ExitStatus.Ok;
        }
        catch (TrustRefusedException e)
        {
            return Context.Fail(ExitStatus.BadInput, e.Message);
        }
    }
}
