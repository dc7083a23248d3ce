namespace Gatehouse.Trust;

/// <summary>A ticket is refused, and allows nothing. The message says why and, where there is something to do, what.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">Why, for people.</param>
/// <param name="innerException">The cause, if something else failed.</param>
public sealed class TicketRefusedException(TicketRefusal reason, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Why, for programs.</summary>
    public TicketRefusal Reason => reason;
}
