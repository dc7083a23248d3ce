namespace Gatehouse.Sdk.Clients;

/// <summary>One client.</summary>
public sealed record ClientSummary
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its registration; absent for one of root's own while nobody is registered.</summary>
    public ClientRegistration? Registration { get; init; }

    /// <summary>Its session; absent if it is not connected.</summary>
    public ClientSessionStatus? Session { get; init; }

    /// <summary>Its policies in force, by name.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    /// <summary>Rules of these together.</summary>
    public required int Rules { get; init; }
}
