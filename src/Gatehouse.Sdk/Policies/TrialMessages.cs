namespace Gatehouse.Sdk.Policies;

/// <summary>The body of <c>POST /v1/trial</c>: policies for a time, after which the agent goes back by itself.</summary>
/// <param name="Files">Policies to add; one with the name of a policy in force replaces it.</param>
/// <param name="Seconds">How long they are in force unless confirmed: 5 to 3,600.</param>
/// <param name="ReplaceAll">Whether every other policy goes.</param>
public sealed record TryPoliciesRequest(IReadOnlyList<PolicyFile> Files, int Seconds, bool ReplaceAll = false)
{
    /// <summary>Shortest trial, in seconds: shorter than the time to read what it does is no trial.</summary>
    public const int ShortestSeconds = 5;

    /// <summary>Longest trial, in seconds: what stays longer is meant to stay.</summary>
    public const int LongestSeconds = 3600;
}

/// <summary>The answer of <c>POST /v1/trial</c>.</summary>
/// <param name="Applied">What is in force now.</param>
/// <param name="Trial">The trial.</param>
public sealed record TryPoliciesResult(ApplyPoliciesResult Applied, TrialStatus Trial);

/// <summary>Policies that are in force for a time.</summary>
public sealed record TrialStatus
{
    /// <summary>Generation that is tried.</summary>
    public required ulong Generation { get; init; }

    /// <summary>Names of the policies that were sent.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    /// <summary>When the trial began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Seconds until the agent goes back; 0 when it is about to.</summary>
    public required double RemainingSeconds { get; init; }

    /// <summary>
    /// Why going back has failed; absent if it has not. The tried policies then go on deciding, and the agent tries again.
    /// </summary>
    public string? Problem { get; init; }
}
