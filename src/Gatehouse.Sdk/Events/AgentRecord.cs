namespace Gatehouse.Sdk.Events;

/// <summary>Something that happened to the agent itself.</summary>
public sealed record AgentRecord : StreamRecord
{
    /// <summary>
    /// <c>agent.started</c>, <c>agent.policies-loaded</c>, <c>agent.canary-failed</c> or <c>agent.canary-proven</c>.
    /// </summary>
    public required string Operation { get; init; }

    /// <summary>What happened, for people.</summary>
    public required string Detail { get; init; }

    /// <summary>Policy generation in force when it happened.</summary>
    public required ulong Generation { get; init; }
}
