using Gatehouse.Cli.Commands;
using Gatehouse.Trust;

namespace Gatehouse.Cli.Rendering;

/// <summary>What a ticket says, a line each.</summary>
internal static class TicketReport
{
    public static Report Of(Ticket ticket)
    {
        var report = new Report()
            .Line(Label("ticket"), ticket.Id.ToString())
            .Line(Label("allows"), (string.Join(", ", ticket.Actions.Select(TicketWords.Of)), Tone.Strong))
            .Line(Label("host"), ticket.Host is { } host ? host : ("ANY, once on each", Tone.Warning))
            .Line(Label("valid from"), TicketWords.Of(ticket.NotBefore))
            .Line(Label("valid until"), $"{TicketWords.Of(ticket.NotAfter)} ({Duration.Text(ticket.Validity)})");
        if (ticket.Reason.Length > 0)
        {
            report.Line(Label("reason"), ticket.Reason);
        }

        return report.Line(Label("key"), ticket.Key.ToString());
    }

    public static Piece Label(string label) => ((label + ":").PadRight(13), Tone.Faint);
}
