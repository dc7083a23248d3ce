namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>What an event is.</summary>
public enum EventKind
{
    /// <summary>A decision of the kernel side.</summary>
    Decision = 1,

    /// <summary>Some are missing here.</summary>
    Loss = 2,

    /// <summary>A record of the agent itself.</summary>
    Agent = 3,
}
