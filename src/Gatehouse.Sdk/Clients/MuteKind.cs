using System.Text.Json.Serialization;

namespace Gatehouse.Sdk.Clients;

/// <summary>What a mute is about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MuteKind>))]
public enum MuteKind
{
    /// <summary>The acting process, by pid and start time.</summary>
    [JsonStringEnumMemberName("process")]
    Process,

    /// <summary>The path of the program of the acting process.</summary>
    [JsonStringEnumMemberName("path")]
    Path,

    /// <summary>The path of what is acted on: the file that is loaded, or the program of the process that is reached for.</summary>
    [JsonStringEnumMemberName("target-path")]
    TargetPath,
}
