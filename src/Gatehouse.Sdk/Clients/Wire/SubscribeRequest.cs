namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>The first request of a connection that carries events: it joins the session of its token.</summary>
/// <param name="Token">Token of the session.</param>
/// <param name="Filter">Which events.</param>
/// <param name="Position">Where to go on; null: with what happens from now on.</param>
public sealed record SubscribeRequest(string Token, EventFilter Filter, StreamPosition? Position = null) : ClientRequest;

/// <summary>Exchanges the filter of a subscription, from one of the next events on. It has no answer; a barrier behind it tells.</summary>
/// <param name="Filter">Which events.</param>
public sealed record FilterRequest(EventFilter Filter) : ClientRequest;

/// <summary>Asks to be told when all is sent that has happened up to now.</summary>
/// <param name="Id">Comes back in the frame.</param>
public sealed record BarrierRequest(ulong Id) : ClientRequest;
