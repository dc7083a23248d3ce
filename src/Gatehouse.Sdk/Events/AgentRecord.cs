namespace Gatehouse.Sdk.Events;

/// <summary>Something that happened to the agent itself.</summary>
public sealed record AgentRecord : StreamRecord
{
    /// <summary>
    /// <c>agent.started</c>, <c>agent.policies-loaded</c>, <c>agent.canary-failed</c>, <c>agent.canary-proven</c>,
    /// <c>agent.trial-started</c>, <c>agent.trial-confirmed</c>, <c>agent.trial-ended</c> (went back) or
    /// <c>agent.trial-failed</c> (could not go back).
    /// </summary>
    public required string Operation { get; init; }

    /// <summary>What happened, for people.</summary>
    public required string Detail { get; init; }

    /// <summary>Policy generation in force when it happened.</summary>
    public required ulong Generation { get; init; }
}
