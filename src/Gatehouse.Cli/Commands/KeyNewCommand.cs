using System.CommandLine;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse key new</c>. Needs no agent, and is best run where none is.</summary>
internal sealed class KeyNewCommand : CliCommand
{
    private const string DefaultPath = "owner.pem";

    public KeyNewCommand(CliContext context)
        : base("new", "Make the owner's key: a private half that stays off the host, and a public one beside it. Nothing is overwritten.", context)
    {
        var output = new Option<string>("--out")
        {
            Description = $"Where the private key goes ({DefaultPath} by default); the public one is FILE.pub.",
            HelpName = "FILE",
            DefaultValueFactory = static _ => DefaultPath,
        };
        Options.Add(output);
        SetAction(result => Run(result.GetValue(output)!));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse key new --out /media/stick/owner.pem", "Make a key on a medium that does not stay in the host."),
    ];

    public override string Statuses => "0 ok, 1 failed, or there is a file of that name; 2 bad usage";

    private int Run(string path)
    {
        TrustDigest fingerprint;
        try
        {
            fingerprint = OwnerKeyFiles.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Context.Fail(ExitStatus.Failed, $"no key was made: {e.Message}");
        }

        var publicPath = OwnerKeyFiles.PublicPathOf(path);
        Context.Write(new Report()
            .Line("private key: ", (path, Tone.Strong))
            .Line("    Signs the trust database and tickets. Keep it off the hosts, and a copy of it elsewhere: who has it can end enforcement there,")
            .Line("    and without it the way out of a sealed host is a reboot. It is not encrypted.")
            .Line("public key:  ", (publicPath, Tone.Strong))
            .Line($"    On each host that it is to rule: sudo install -D -m 644 {publicPath} {TrustFileOptions.DefaultOwnerKeyPath}")
            .Line("    From then on the trust database there must be signed: gatehouse trust scan --key, before or just after.")
            .Line("fingerprint: ", (fingerprint.ToString(), Tone.Strong)));
        return ExitStatus.Ok;
    }
}
