using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse ticket new</c>. Needs no agent: it is run where the private key is.</summary>
internal sealed class TicketNewCommand : CliCommand
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Option<string> _key = new("--key")
    {
        Description = "The owner's private key (PEM, ECDSA P-256).",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<ImmutableArray<TicketAction>> _allow = new("--allow")
    {
        Description = $"What is allowed: {Words}; several with commas between.",
        HelpName = "ACTION[,ACTION...]",
        Required = true,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = static result =>
        {
            var actions = new SortedSet<TicketAction>();
            foreach (var word in result.Tokens.SelectMany(static t => t.Value.Split(',')))
            {
                if (TicketWords.Find(word) is { } action)
                {
                    actions.Add(action);
                }
                else
                {
                    result.AddError($"there is no action '{word}'; there are {Words}");
                }
            }

            return [.. actions];
        },
    };

    private readonly Option<TimeSpan> _for = Duration.Option(
        "--for", "How long it is valid, up to 168h. What it allows ends then, whenever it was used.",
        Ticket.ShortestValidity, Ticket.ShortestValidity, Ticket.LongestValidity);

    private readonly Option<string?> _host = new("--host") { Description = "The host that it is for, by its /etc/machine-id.", HelpName = "MACHINE-ID" };
    private readonly Option<bool> _anyHost = new("--any-host") { Description = "For every host that has this owner's key, once on each." };

    private readonly Option<DateTimeOffset?> _notBefore = new("--not-before")
    {
        Description = "From when on it is valid, in UTC, like 2026-12-01T09:00:00Z; from now on by default.",
        HelpName = "TIME",
        CustomParser = static result =>
        {
            if (TicketWords.TryTime(result.Tokens.Single().Value, out var time))
            {
                return time;
            }

            result.AddError("--not-before takes a time in UTC like 2026-12-01T09:00:00Z");
            return null;
        },
    };

    private readonly Option<string?> _reason = new("--reason")
    {
        Description = $"What for; the host's log shows it. One line, at most {Ticket.LongestReason} characters.",
        HelpName = "TEXT",
    };

    private readonly Option<string?> _out = new("--out") { Description = "Write the ticket to a new file instead of standard output.", HelpName = "FILE" };

    public TicketNewCommand(CliContext context)
        : base("new", "Make a ticket: what the owner allows on a host for a time. Needs no agent.", context)
    {
        _for.DefaultValueFactory = null;
        _for.Required = true;
        Options.Add(_key);
        Options.Add(_allow);
        Options.Add(_for);
        Options.Add(_host);
        Options.Add(_anyHost);
        Options.Add(_notBefore);
        Options.Add(_reason);
        Options.Add(_out);
        Validators.Add(result =>
        {
            var host = result.GetValue(_host);
            if (host is null != result.GetValue(_anyHost))
            {
                result.AddError("either --host MACHINE-ID or --any-host must be given (cat /etc/machine-id on the host)");
            }
            else if (host is not null && !Ticket.IsHost(host))
            {
                result.AddError($"--host takes a machine id, {Ticket.HostDigits} lower-case hexadecimal digits (cat /etc/machine-id on the host)");
            }

            if (Ticket.FindProblemOfReason(result.GetValue(_reason) ?? "") is { } problem)
            {
                result.AddError(problem);
            }
        });
        SetAction(Run);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("gatehouse ticket new --key owner.pem --allow unseal --for 2h --host 4c4c45440042351080354fc04f463032", "Two hours without the seal, from now on."),
        new(
            "gatehouse ticket new --key owner.pem --allow stop,upgrade --for 30m --any-host --not-before 2026-12-01T09:00:00Z --out ticket.txt",
            "Every host of this owner may be upgraded on that morning."),
    ];

    public override string Statuses => "0 ok, 1 failed, 2 bad input or usage";

    private static string Words => string.Join(", ", TicketWords.Actions.Select(TicketWords.Of));

    private int Run(ParseResult result)
    {
        ECDsa key;
        try
        {
            key = OwnerKey.ReadPrivate(result.GetValue(_key)!);
        }
        catch (TrustRefusedException e)
        {
            return Context.Fail(ExitStatus.BadInput, e.Message);
        }

        using (key)
        {
            var notBefore = result.GetValue(_notBefore) ?? WholeSeconds(Context.Environment.Time.GetUtcNow());
            var length = result.GetValue(_for);
            if (notBefore > DateTimeOffset.MaxValue - length - TimeSpan.FromDays(1))
            {
                return Context.Fail(ExitStatus.BadInput, "--not-before is too late a time");
            }

            var ticket = new Ticket
            {
                Id = TicketId.New(),
                Key = OwnerKey.FingerprintOf(key),
                Host = result.GetValue(_host),
                Actions = result.GetValue(_allow),
                NotBefore = notBefore,
                NotAfter = notBefore + length,
                Reason = result.GetValue(_reason) ?? "",
            };
            return Write(ticket, TicketSigner.Sign(ticket, key), result.GetValue(_out));
        }
    }

    private int Write(Ticket ticket, string text, string? path)
    {
        if (path is null)
        {
            Context.Environment.Output.Write(text);
        }
        else
        {
            try
            {
                using var stream = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Mode });
                stream.Write(Encoding.ASCII.GetBytes(text));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Context.Fail(ExitStatus.Failed, $"the ticket was not written: {e.Message}");
            }
        }

        // Not among the ticket's lines: those go on by copy and paste.
        Context.WriteError(TicketReport.Of(ticket));
        return ExitStatus.Ok;
    }

    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
