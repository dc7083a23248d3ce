namespace Gatehouse.Sdk.Clients;

/// <summary>The session of a connected client.</summary>
public sealed record ClientSessionStatus
{
    /// <summary>Process that connected.</summary>
    public required int Pid { get; init; }

    /// <summary>User of that process.</summary>
    public required uint Uid { get; init; }

    /// <summary>Its altitude.</summary>
    public required int Altitude { get; init; }

    /// <summary>When it connected.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>What its rules and events may be about.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Its event streams.</summary>
    public required IReadOnlyList<EventSubscriptionStatus> Subscriptions { get; init; }

    /// <summary>What becomes of its policies when it ends.</summary>
    public required PoliciesAtEnd PoliciesAtEnd { get; init; }
}
