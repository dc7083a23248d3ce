using System.Text.Json.Serialization;

namespace Gatehouse.Sdk.Clients;

/// <summary>What becomes of a client's policies when its session ends, by leaving or by its death.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PoliciesAtEnd>))]
public enum PoliciesAtEnd
{
    /// <summary>They go on deciding. Rules that ask it decide by <c>onMiss</c>.</summary>
    [JsonStringEnumMemberName("keep")]
    Keep,

    /// <summary>They are taken out of force. On a sealed host, and while policies are tried, that is refused: they stay (closed).</summary>
    [JsonStringEnumMemberName("remove")]
    Remove,
}
