using System.Security.Cryptography;
using Gatehouse.Sdk.Clients;

namespace Gatehouse.Agent.Clients;

/// <summary>A client that is connected.</summary>
internal sealed record ClientSession
{
    public required string Name { get; init; }

    public required int Altitude { get; init; }

    /// <summary>What its rules and events may be about.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Null while nobody is registered: root without limits.</summary>
    public required RegisteredClient? Registration { get; init; }

    public required int Pid { get; init; }

    public required uint Uid { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required PoliciesAtEnd PoliciesAtEnd { get; init; }

    /// <summary>Who knows it may join streams of events to the session.</summary>
    public string Token { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public ClientSessionStatus Describe() => new()
    {
        Pid = Pid,
        Uid = Uid,
        Altitude = Altitude,
        Since = Since,
        Classes = Classes,
        PoliciesAtEnd = PoliciesAtEnd,
    };
}
