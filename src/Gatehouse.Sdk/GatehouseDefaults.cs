namespace Gatehouse.Sdk;

/// <summary>Values that agent, command line and vendors' programs agree on.</summary>
public static class GatehouseDefaults
{
    /// <summary>Where the agent listens unless told otherwise.</summary>
    public const string SocketPath = "/run/gatehouse/control.sock";

    /// <summary>Where the agent listens for clients unless told otherwise: beside the control socket.</summary>
    public const string ClientSocketPath = "/run/gatehouse/clients.sock";

    /// <summary>Where the owner registers clients unless the agent is told otherwise.</summary>
    public const string ClientsDirectory = "/etc/gatehouse/clients.d";

    /// <summary>Largest request body that the agent reads, in bytes: two policy files of the largest size.</summary>
    public const int MaximumRequestBytes = 16 * 1024 * 1024;

    /// <summary>Media type of the event stream: one JSON object a line.</summary>
    public const string EventStreamMediaType = "application/x-ndjson";

    /// <summary>Media type of an error answer.</summary>
    public const string ProblemMediaType = "application/problem+json";
}
