namespace Gatehouse.Sdk.Events;

/// <summary>Something that happened to the agent itself.</summary>
public sealed record AgentRecord : StreamRecord
{
    /// <summary>
    /// <c>agent.started</c>, <c>agent.policies-loaded</c>, <c>agent.canary-failed</c>, <c>agent.canary-proven</c>,
    /// <c>agent.trial-started</c>, <c>agent.trial-confirmed</c>, <c>agent.trial-ended</c> (went back),
    /// <c>agent.trial-failed</c> (could not go back), <c>agent.ticket-used</c>, <c>agent.ticket-refused</c>,
    /// <c>agent.ticket-ended</c> or <c>agent.ticket-failed</c> (what it allowed could not be ended).
    /// </summary>
    public required string Operation { get; init; }

    /// <summary>What happened, for people.</summary>
    public required string Detail { get; init; }

    /// <summary>Policy generation in force when it happened.</summary>
    public required ulong Generation { get; init; }
}
