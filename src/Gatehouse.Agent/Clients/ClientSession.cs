using System.Security.Cryptography;
using Gatehouse.Policy;
using Gatehouse.Sdk.Clients;

namespace Gatehouse.Agent.Clients;

/// <summary>A client that is connected.</summary>
internal sealed class ClientSession : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<EventReader> _streams = [];
    private readonly CancellationTokenSource _ended = new();

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

    public int MaxSubscriptions => Registration?.Definition.MaxSubscriptions ?? ClientLimits.MaxSubscriptions;

    /// <summary>Cancelled when the session ends.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <returns>False if the session has as many streams as it may, or has ended.</returns>
    public bool TryJoin(EventReader stream)
    {
        lock (_lock)
        {
            if (_streams.Count >= MaxSubscriptions || _ended.IsCancellationRequested)
            {
                return false;
            }

            _streams.Add(stream);
            return true;
        }
    }

    public void Leave(EventReader stream)
    {
        lock (_lock)
        {
            _streams.Remove(stream);
        }
    }

    /// <summary>Ends the session's streams. The source itself is left to the garbage collector: a stream may be about to look at it.</summary>
    public void Dispose() => _ended.Cancel();

    public ClientSessionStatus Describe() => new()
    {
        Pid = Pid,
        Uid = Uid,
        Altitude = Altitude,
        Since = Since,
        Classes = Classes,
        PoliciesAtEnd = PoliciesAtEnd,
        Subscriptions = DescribeStreams(),
    };

    private IReadOnlyList<EventSubscriptionStatus> DescribeStreams()
    {
        lock (_lock)
        {
            return [.. _streams.Select(static s => new EventSubscriptionStatus(s.Delivered, s.Lost))];
        }
    }
}
