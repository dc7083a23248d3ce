namespace Gatehouse.Sdk.Clients;

/// <summary>The connection ended before a request was sent.</summary>
internal sealed class ConnectionEndedException(Exception? cause) : Exception("the connection to the agent has ended", cause);
