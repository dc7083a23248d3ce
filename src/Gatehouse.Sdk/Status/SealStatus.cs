namespace Gatehouse.Sdk.Status;

/// <summary>The sealed mode: whether what the agent is made of is kept from everybody, root included.</summary>
public sealed record SealStatus
{
    /// <summary>Whether the seal is on.</summary>
    public required bool Sealed { get; init; }

    /// <summary>Whether the agent's process is kept from signals, freezing, tracing and changes of its limits. False while a ticket allows
    /// <c>stop</c>, <c>unseal</c> or <c>upgrade</c>, and until that has been ended.</summary>
    public required bool ProcessKept { get; init; }

    /// <summary>Since when, as far as this agent knows: when it sealed, or took the seal over.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What policies protect, as client/policy/protection.</summary>
    public required IReadOnlyList<string> Protected { get; init; }

    /// <summary>Refused attempts since boot, by deed: <c>write</c>, <c>name</c>, <c>attributes</c>, <c>mount</c>, <c>device</c>,
    /// <c>bpf-object</c>, <c>bpf-program</c>, <c>setting</c> (the agent's own proofs among them), <c>code</c>, <c>agent</c>.</summary>
    public required IReadOnlyDictionary<string, ulong> Refused { get; init; }

    /// <summary>The last attempt that this agent saw, for people.</summary>
    public string? LastAttempt { get; init; }
}
