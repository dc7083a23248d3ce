using System.Text.Json.Serialization;

namespace Gatehouse.Sdk.Events;

/// <summary>What happened to the operation.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>The operation went on.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow,

    /// <summary>The operation was refused.</summary>
    [JsonStringEnumMemberName("deny")]
    Deny,

    /// <summary>The acting process was killed before it ran on.</summary>
    [JsonStringEnumMemberName("kill")]
    Kill,
}

/// <summary>Whether the rule that an event names decided, or only reports.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EventMode>))]
public enum EventMode
{
    /// <summary>The verdict is what the rules (or their absence) say.</summary>
    [JsonStringEnumMemberName("enforced")]
    Enforced,

    /// <summary>The named rule matched without deciding: the operation was allowed, and would have been reported or refused.</summary>
    [JsonStringEnumMemberName("audit")]
    Audit,
}
