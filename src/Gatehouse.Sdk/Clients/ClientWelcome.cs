using Gatehouse.Sdk.Status;

namespace Gatehouse.Sdk.Clients;

/// <summary>What an agent says to a client that it lets in.</summary>
public sealed record ClientWelcome
{
    /// <summary>Version of the agent.</summary>
    public required string AgentVersion { get; init; }

    /// <summary>Random id of this run of the agent: another one after its restart.</summary>
    public required string RunId { get; init; }

    /// <summary>The kernel's id of this boot.</summary>
    public required string BootId { get; init; }

    /// <summary>By which a stream of events is joined to the session; nobody else's to know.</summary>
    public required string Token { get; init; }

    /// <summary>What its rules and events may be about.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>What this kernel cannot refuse of these classes; empty if there is nothing.</summary>
    public required IReadOnlyList<PartialEnforcement> Partly { get; init; }

    /// <summary>Its registration; absent while nobody is registered.</summary>
    public ClientRegistration? Registration { get; init; }
}
