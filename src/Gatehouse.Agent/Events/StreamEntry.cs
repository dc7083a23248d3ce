using System.Text.Json;
using Gatehouse.Sdk.Events;
using Gatehouse.Sdk.Json;

namespace Gatehouse.Agent.Events;

/// <summary>A record of the stream with its JSON line, which is made once, by the first reader that needs it.</summary>
internal sealed class StreamEntry(StreamRecord record)
{
    private byte[]? _line;

    public StreamRecord Record => record;

    /// <summary>The record as UTF-8 JSON with a final newline.</summary>
    public ReadOnlyMemory<byte> Line => _line ??= Serialize(record);

    /// <summary>The word under which this record is counted when a reader loses it.</summary>
    public string LossName => record switch
    {
        DecisionRecord d => d.Operation,
        AgentRecord => "agent",
        _ => "loss",
    };

    public static byte[] Serialize(StreamRecord record)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(record, GatehouseJson.Default.StreamRecord);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }
}
