using System.Text.Json.Serialization;

namespace Gatehouse.Sdk.Clients;

/// <summary>Why a client is not let in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClientRefusalReason>))]
public enum ClientRefusalReason
{
    /// <summary>Its process is not the registered client, or the registration does not allow the altitude or class that it asks for.</summary>
    [JsonStringEnumMemberName("not-permitted")]
    NotPermitted,

    /// <summary>The name has a session already.</summary>
    [JsonStringEnumMemberName("name-taken")]
    NameTaken,

    /// <summary>Another connected client has the altitude.</summary>
    [JsonStringEnumMemberName("altitude-taken")]
    AltitudeTaken,

    /// <summary>This agent or kernel does not have what it asks for; the detail says what would be needed.</summary>
    [JsonStringEnumMemberName("unsupported")]
    Unsupported,

    /// <summary>The kernel cannot refuse everything of the classes, and the client does not accept that.</summary>
    [JsonStringEnumMemberName("partly-enforced")]
    PartlyEnforced,

    /// <summary>It has as much of this as its registration allows.</summary>
    [JsonStringEnumMemberName("quota-exceeded")]
    QuotaExceeded,

    /// <summary>It speaks another version of the protocol; take a package of the agent's version.</summary>
    [JsonStringEnumMemberName("protocol-version")]
    ProtocolVersion,
}
