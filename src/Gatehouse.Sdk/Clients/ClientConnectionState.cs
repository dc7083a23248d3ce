namespace Gatehouse.Sdk.Clients;

/// <summary>How a client stands to its agent.</summary>
public enum ClientConnectionState
{
    /// <summary>It has a session.</summary>
    Connected,

    /// <summary>The session ended without its doing, and it tries to get one again. Its policies go on deciding meanwhile.</summary>
    Reconnecting,

    /// <summary>It has left, was refused on the way back, or has given up.</summary>
    Ended,
}
