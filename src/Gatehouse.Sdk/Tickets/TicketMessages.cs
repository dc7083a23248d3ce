using System.Text.Json.Serialization;

namespace Gatehouse.Sdk.Tickets;

/// <summary>The body of <c>POST /v1/tickets</c>.</summary>
/// <param name="Ticket">The ticket's text, from its first to its last line, with the line end behind.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UseTicketRequest(string Ticket);

/// <summary>A ticket that was used; also the answer of <c>POST /v1/tickets</c>.</summary>
public sealed record TicketStatus
{
    /// <summary>By what it is known: 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>What it allows: <c>unseal</c>, <c>stop</c>, <c>upgrade</c>, <c>policy</c>; a newer agent may know more.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    /// <summary>The machine id of the host that it is for; absent if it is for any.</summary>
    public string? Host { get; init; }

    /// <summary>From when on it is valid.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Until when it is valid.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>What for, in words of the owner; absent if there are none.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was used.</summary>
    public required DateTimeOffset UsedAt { get; init; }

    /// <summary>The user id of the process that sent it.</summary>
    public required uint UsedByUid { get; init; }

    /// <summary>The id that this process had.</summary>
    public required int UsedByPid { get; init; }

    /// <summary>
    /// Seconds for which it still allows something, by a clock that nobody can set; absent if it does not any more, or its boot is over.
    /// </summary>
    public double? RemainingSeconds { get; init; }

    /// <summary>When that will be, by the host's clock as it is set now; absent like <see cref="RemainingSeconds"/>.</summary>
    public DateTimeOffset? ActiveUntil { get; init; }
}

/// <summary>The answer of <c>GET /v1/tickets</c>.</summary>
public sealed record TicketList
{
    /// <summary>The machine id that a ticket for this host names; absent if the host has none.</summary>
    public string? Host { get; init; }

    /// <summary>SHA-256 of the owner's public key (SubjectPublicKeyInfo), whose tickets are accepted; absent if there is none.</summary>
    public string? OwnerKey { get; init; }

    /// <summary>Why no ticket at all is accepted at present; absent if one could be.</summary>
    public string? Problem { get; init; }

    /// <summary>The tickets that were used and whose time is not long over, the first used first.</summary>
    public required IReadOnlyList<TicketStatus> Tickets { get; init; }
}
