namespace Gatehouse.Sdk.Clients.Wire;

/// <summary>What a frame of the client socket carries.</summary>
public enum ClientFrameKind
{
    /// <summary>From the client: a <see cref="ClientRequest"/> as JSON.</summary>
    Request = 1,

    /// <summary>From the agent: the <see cref="ClientAnswer"/> to the last request, as JSON.</summary>
    Answer = 2,

    /// <summary>From the agent: events, see <see cref="EventLayout"/>.</summary>
    Events = 3,

    /// <summary>From the agent: everything up to the <see cref="BarrierRequest"/> with this number (64 bits) has been sent.</summary>
    Barrier = 4,
}
