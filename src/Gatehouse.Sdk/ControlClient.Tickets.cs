using System.Text.Json;
using Gatehouse.Sdk.Json;
using Gatehouse.Sdk.Problems;
using Gatehouse.Sdk.Tickets;

namespace Gatehouse.Sdk;

/// <content>Maintenance tickets.</content>
public sealed partial class ControlClient
{
    /// <summary>Uses a ticket: the agent allows for its time what it names. A ticket can be used once.</summary>
    /// <param name="ticket">Its text as <c>gatehouse ticket new</c> printed it, with the line end behind; no other form is accepted.</param>
    /// <param name="cancellationToken">Gives up waiting; whether the ticket is used is then not known, ask <see cref="GetTicketsAsync"/>.</param>
    /// <returns>What is allowed, and for how long.</returns>
    /// <exception cref="ControlProblemException">
    /// It is refused, and <see cref="ProblemDocument.Type"/> says why (<c>urn:gatehouse:problem:ticket-…</c>). It is not used up then, unless by
    /// <c>ticket-not-begun</c>.
    /// </exception>
    public Task<TicketStatus> UseTicketAsync(string ticket, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(ticket);
        var body = JsonSerializer.SerializeToUtf8Bytes(new UseTicketRequest(ticket), GatehouseJson.Default.UseTicketRequest);
        return SendAsync(HttpMethod.Post, "v1/tickets", body, GatehouseJson.Default.TicketStatus, cancellationToken);
    }

    /// <summary>The tickets that were used, and whether others are accepted.</summary>
    /// <param name="cancellationToken">Gives up waiting; nothing is lost.</param>
    public Task<TicketList> GetTicketsAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/tickets", null, GatehouseJson.Default.TicketList, cancellationToken);
}
