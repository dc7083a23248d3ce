using Gatehouse.Cli.Composition;
using Gatehouse.Cli.Rendering;
using Gatehouse.Sdk.Json;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Commands;

/// <summary><c>gatehouse ticket use</c>.</summary>
internal sealed class TicketUseCommand : CliCommand
{
    public TicketUseCommand(CliContext context)
        : base("use", "Use a ticket on this host: the agent allows for its time what it names. A ticket can be used once.", context)
    {
        var file = TicketPaste.Argument();
        var json = CliContext.Json("Print the agent's answer as one JSON object.");
        Arguments.Add(file);
        Options.Add(json);
        SetAction(async (result, cancellationToken) =>
        {
            string text;
            try
            {
                text = TicketPaste.Read(Context, result.GetValue(file)!);
            }
            catch (IOException e)
            {
                return Context.Fail(ExitStatus.BadInput, e.Message);
            }

            return await Context.WithAgentAsync(result, async client =>
            {
                var used = await client.UseTicketAsync(text, cancellationToken);
                if (result.GetValue(json))
                {
                    Context.WriteJson(used, GatehouseJson.Default.TicketStatus);
                }
                else
                {
                    var left = Duration.Text(TimeSpan.FromSeconds(Math.Round(used.RemainingSeconds ?? 0)));
                    Context.Write(new Report().Line(
                        ($"allowed until {TicketWords.Of(used.ActiveUntil ?? used.NotAfter)} ({left})", Tone.Good),
                        $": {string.Join(", ", used.Actions)}; ticket {used.Id} is used up"));
                }

                return ExitStatus.Ok;
            });
        });
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("sudo gatehouse ticket use ticket.txt", "Use a ticket that is in a file."),
        new("sudo gatehouse ticket use -", "Use one that is pasted in; Ctrl-D ends it."),
    ];
}
