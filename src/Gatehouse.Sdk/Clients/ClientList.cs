using Gatehouse.Sdk.Policies;

namespace Gatehouse.Sdk.Clients;

/// <summary>The clients of this host: those that the owner has registered, and those that are connected.</summary>
public sealed record ClientList
{
    /// <summary>The folder with the registrations.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Whether only registered clients are let in. False while the folder has no registration: then root may be a client under any name.
    /// </summary>
    public required bool RegisteredOnly { get; init; }

    /// <summary>By name.</summary>
    public required IReadOnlyList<ClientSummary> Clients { get; init; }

    /// <summary>What is wrong with files of the folder. Such a file registers nobody; all others count.</summary>
    public required IReadOnlyList<PolicyDiagnostic> Problems { get; init; }
}
