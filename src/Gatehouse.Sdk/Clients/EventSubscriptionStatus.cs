namespace Gatehouse.Sdk.Clients;

/// <summary>An event stream of a client, as the agent sees it.</summary>
/// <param name="Delivered">Events that were handed to the connection.</param>
/// <param name="Lost">Events that it has lost by being slow, at most.</param>
public sealed record EventSubscriptionStatus(ulong Delivered, ulong Lost);
