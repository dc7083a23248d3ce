using System.Text.Json.Serialization;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Sdk.Status;

/// <summary>How the agent is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AgentHealth>))]
public enum AgentHealth
{
    /// <summary>The canary denials happen and everything is as configured.</summary>
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>The canary denials happen, but something needs the owner; see the problems.</summary>
    [JsonStringEnumMemberName("degraded")]
    Degraded,

    /// <summary>Red: a canary denial does not happen, or no policy is in force that should be. The host is not protected.</summary>
    [JsonStringEnumMemberName("failing")]
    Failing,
}

/// <summary>The answer of <c>GET /v1/status</c>.</summary>
public sealed record AgentStatus
{
    /// <summary>Version of the agent.</summary>
    public required string Version { get; init; }

    /// <summary>The verdict on the agent as a whole.</summary>
    public required AgentHealth Health { get; init; }

    /// <summary>Why <see cref="Health"/> is not ok, for people; empty when it is.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Process id of the agent.</summary>
    public required int Pid { get; init; }

    /// <summary>When the agent started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it has run, in seconds.</summary>
    public required double UptimeSeconds { get; init; }

    /// <summary>The kernel's random id of this boot.</summary>
    public required string BootId { get; init; }

    /// <summary>Release of the running kernel, as <c>uname -r</c> prints it.</summary>
    public required string KernelRelease { get; init; }

    /// <summary>What is known about enforcement.</summary>
    public required EnforcementStatus Enforcement { get; init; }

    /// <summary>Policies in force, in order of evaluation.</summary>
    public required IReadOnlyList<PolicySummary> Policies { get; init; }

    /// <summary>The policies that are tried for a time; absent if none are.</summary>
    public TrialStatus? Trial { get; init; }

    /// <summary>The sealed mode; absent if the agent was not told to seal.</summary>
    public SealStatus? Seal { get; init; }

    /// <summary>The trust database.</summary>
    public required TrustStatus Trust { get; init; }

    /// <summary>Events and losses since the agent started.</summary>
    public required EventStatus Events { get; init; }

    /// <summary>How the asking of clients is; absent from agents that cannot ask.</summary>
    public QuestionStatus? Questions { get; init; }

    /// <summary>Counters of the kernel side since it was attached, by name.</summary>
    public required IReadOnlyDictionary<string, ulong> Counters { get; init; }
}

/// <summary>What is known about enforcement. There is no "attached": links can be attached and dead, so only proof counts.</summary>
public sealed record EnforcementStatus
{
    /// <summary>Whether the last round of canary denials happened in every hook.</summary>
    public required bool Proven { get; init; }

    /// <summary>When the last round ended.</summary>
    public required DateTimeOffset CheckedAt { get; init; }

    /// <summary>When every denial last happened; absent if never.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>The last round, hook by hook.</summary>
    public required IReadOnlyList<CanaryHook> Canary { get; init; }

    /// <summary>Whether this agent adopted the enforcement of an earlier one.</summary>
    public required bool TookOver { get; init; }

    /// <summary>Lower-case hex SHA-256 of the kernel object.</summary>
    public required string ObjectFingerprint { get; init; }

    /// <summary>What this kernel cannot refuse although a rule asks for it, by name; empty if there is nothing.</summary>
    public required IReadOnlyList<PartialEnforcement> Partly { get; init; }

    /// <summary>Policy generation in force; 0 = none.</summary>
    public required ulong Generation { get; init; }

    /// <summary>Fingerprint of the compiled policies in force; absent if they are an earlier agent's and not known.</summary>
    public string? PolicyFingerprint { get; init; }
}

/// <summary>The canary denial of one hook.</summary>
public sealed record CanaryHook
{
    /// <summary>Name of the LSM hook.</summary>
    public required string Hook { get; init; }

    /// <summary>Whether what must be refused was refused.</summary>
    public required bool Denied { get; init; }

    /// <summary>What was tried and what came back.</summary>
    public required string Detail { get; init; }
}

/// <summary>A policy in force.</summary>
public sealed record PolicySummary
{
    /// <summary>Name from its metadata.</summary>
    public required string Name { get; init; }

    /// <summary>The client that it belongs to.</summary>
    public required string Client { get; init; }

    /// <summary>Its altitude.</summary>
    public required int Altitude { get; init; }

    /// <summary>Number of rules.</summary>
    public required int Rules { get; init; }

    /// <summary>Lower-case hex SHA-256 of its text.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>Name of the file that it came from, without its directory.</summary>
    public required string FileName { get; init; }

    /// <summary>Its description.</summary>
    public string? Description { get; init; }
}

/// <summary>Events and losses since the agent started.</summary>
public sealed record EventStatus
{
    /// <summary>Events that arrived, by operation.</summary>
    public required IReadOnlyDictionary<string, ulong> Seen { get; init; }

    /// <summary>Events lost between kernel and agent, by operation, since enforcement was attached.</summary>
    public required IReadOnlyDictionary<string, ulong> LostInKernel { get; init; }

    /// <summary>Events whose numbers never arrived although the kernel counts no loss, by class.</summary>
    public required IReadOnlyDictionary<string, ulong> SequenceGaps { get; init; }

    /// <summary>Last sequence number that the kernel gave.</summary>
    public required ulong LastSequence { get; init; }

    /// <summary>Position of the last record in the stream.</summary>
    public required ulong LastCursor { get; init; }

    /// <summary>Readers of the stream at this moment.</summary>
    public required int Subscribers { get; init; }

    /// <summary>Records that slow readers have lost, over all readers.</summary>
    public required ulong LostBySubscribers { get; init; }
}
