namespace Gatehouse.Agent.Enforcement;

/// <summary>What the agent does when it cannot prove enforcement any more, besides saying so.</summary>
internal enum FailureResponse
{
    /// <summary>Nothing.</summary>
    Report,

    /// <summary>It takes all network interfaces down but the loopback.</summary>
    Isolate,

    /// <summary>It crashes the kernel, or restarts the host if that is refused.</summary>
    Panic,
}
