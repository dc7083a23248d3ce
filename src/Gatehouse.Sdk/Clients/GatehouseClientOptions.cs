namespace Gatehouse.Sdk.Clients;

/// <summary>Who a client is and what it needs.</summary>
public sealed record GatehouseClientOptions
{
    /// <summary>Its name: as the owner registered it, and <c>metadata.client</c> of its policies.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Its altitude, 0 to 1,000,000, within the registered range; one connected client has it. It orders clients and changes no verdict: the
    /// most restrictive wins.
    /// </summary>
    public required int Altitude { get; init; }

    /// <summary>Classes that its rules and events are about; empty: all that it is registered for.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>
    /// Whether to go on where the running kernel cannot refuse everything of these classes; what is missing is in
    /// <see cref="ClientWelcome.Partly"/> then. True by default.
    /// </summary>
    public bool AcceptPartly { get; init; } = true;

    /// <summary>What becomes of its policies when it leaves or dies; by default they stay.</summary>
    public PoliciesAtEnd PoliciesAtEnd { get; init; }

    /// <summary>The agent's client socket.</summary>
    public string SocketPath { get; init; } = GatehouseDefaults.ClientSocketPath;

    /// <summary>How long to wait for a connection and the agent's welcome; 5 s by default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long to try to connect anew when the connection has ended and the client has not left: the agent is restarted. 5 minutes by
    /// default; zero: not at all.
    /// </summary>
    public TimeSpan ReconnectFor { get; init; } = TimeSpan.FromMinutes(5);
}
