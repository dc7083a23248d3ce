using Gatehouse.Trust;

namespace Gatehouse.Agent.Tickets;

/// <summary>Brings about what tickets allow, and undoes it.</summary>
/// <remarks>
/// <para>For each action <see cref="Begin"/> and <see cref="End"/> alternate, however many tickets allow it at the same time: it begins
/// with the first and ends with the last. They are called one at a time, and never from within one another. They may ask
/// <see cref="TicketService.Allows"/>, and must not call anything else of the service.</para>
/// <para>When the agent ends, nothing is called: what it leaves behind is the implementer's to say. The next agent of this boot begins
/// again what is not over yet.</para>
/// </remarks>
internal interface ITicketActions
{
    /// <summary>The action is allowed from now on. That its ticket is used up is on the disk already.</summary>
    /// <param name="action">The action.</param>
    /// <param name="ticket">The first ticket that allows it.</param>
    /// <remarks>What it throws is answered to who sent the ticket, and the ticket allows nothing. <see cref="End"/> is not called then.</remarks>
    void Begin(TicketAction action, Ticket ticket);

    /// <summary>The action is allowed no more.</summary>
    /// <param name="action">The action.</param>
    /// <remarks>What it throws makes the status failing, and it is called again every ten seconds until it throws nothing.</remarks>
    void End(TicketAction action);
}

/// <summary>Does nothing: an agent that is not sealed refuses none of what a ticket could allow.</summary>
internal sealed class NoTicketActions : ITicketActions
{
    public void Begin(TicketAction action, Ticket ticket)
    {
    }

    public void End(TicketAction action)
    {
    }
}
