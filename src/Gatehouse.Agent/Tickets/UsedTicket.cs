using Gatehouse.Trust;

namespace Gatehouse.Agent.Tickets;

/// <summary>A ticket that was used.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Text">Its text, so that another agent can verify it again.</param>
/// <param name="UsedAt">By the wall clock.</param>
/// <param name="User">By whom.</param>
/// <param name="BootId">In which boot; what it allows ends with that.</param>
/// <param name="EndsAt">Until when, since that boot.</param>
internal sealed record UsedTicket(Ticket Ticket, string Text, DateTimeOffset UsedAt, TicketUser User, string BootId, TimeSpan EndsAt);
