using System.Net.Sockets;
using Gatehouse.Agent.Clients;
using Gatehouse.Agent.Tickets;
using Gatehouse.Sdk.Json;
using Gatehouse.Trust;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>Using maintenance tickets, and listing those that were used.</summary>
internal sealed class TicketEndpoints(TicketService tickets)
{
    public Task ListAsync(HttpContext context) => Answers.WriteAsync(context, tickets.Describe(), GatehouseJson.Default.TicketList);

    public async Task UseAsync(HttpContext context)
    {
        var request = await PolicyRequest.ReadAsync(context, GatehouseJson.Default.UseTicketRequest, static _ => null);
        if (request is null)
        {
            return;
        }

        try
        {
            // A thread of its own: it waits for the disk. Not cancellable: a client that hangs up must not leave half of it.
            var used = await Task.Run(() => tickets.Use(request.Ticket, UserOf(context)), CancellationToken.None);
            await Answers.WriteAsync(context, used, GatehouseJson.Default.TicketStatus);
        }
        catch (TicketRefusedException e)
        {
            var (status, kind, title) = Problem(e.Reason);
            await Answers.ProblemAsync(context, status, kind, title, e.Message);
        }
    }

    /// <summary>What each reason is answered with.</summary>
    internal static (int Status, string Kind, string Title) Problem(TicketRefusal reason) => reason switch
    {
        TicketRefusal.Malformed => (StatusCodes.Status422UnprocessableEntity, "ticket-malformed", "No ticket"),
        TicketRefusal.Version => (StatusCodes.Status422UnprocessableEntity, "ticket-version", "A ticket of another version"),
        TicketRefusal.NoOwnerKey => (StatusCodes.Status409Conflict, "ticket-no-owner-key", "No owner's key"),
        TicketRefusal.OtherKey => (StatusCodes.Status403Forbidden, "ticket-other-key", "Signed by another key"),
        TicketRefusal.WrongSignature => (StatusCodes.Status403Forbidden, "ticket-wrong-signature", "Not rightly signed"),
        TicketRefusal.OtherHost => (StatusCodes.Status403Forbidden, "ticket-other-host", "A ticket for another host"),
        TicketRefusal.NotYetValid => (StatusCodes.Status403Forbidden, "ticket-not-yet-valid", "Not valid yet"),
        TicketRefusal.Expired => (StatusCodes.Status403Forbidden, "ticket-expired", "Not valid any more"),
        TicketRefusal.ClockWentBack => (StatusCodes.Status409Conflict, "ticket-clock-went-back", "The clock is not believed"),
        TicketRefusal.AlreadyUsed => (StatusCodes.Status409Conflict, "ticket-already-used", "Already used"),
        TicketRefusal.LedgerFull => (StatusCodes.Status503ServiceUnavailable, "ticket-ledger-full", "Too many used tickets"),
        TicketRefusal.LedgerUnusable => (StatusCodes.Status500InternalServerError, "ticket-ledger-unusable", "It is not known which tickets were used"),
        TicketRefusal.NotSaved => (StatusCodes.Status500InternalServerError, "ticket-not-saved", "The use cannot be noted"),
        TicketRefusal.NotBegun => (StatusCodes.Status500InternalServerError, "ticket-not-begun", "What the ticket allows could not be brought about"),
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    private static TicketUser UserOf(HttpContext context)
    {
        try
        {
            if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
            {
                var peer = PeerCredentials.Read(socket);
                return new TicketUser(peer.Uid, peer.Pid);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It hung up. It was let in, so it was one of the users who are.
        }

        return new TicketUser(uint.MaxValue, 0);
    }
}
