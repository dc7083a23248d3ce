namespace Gatehouse.Sdk.Clients;

/// <summary>What the owner has registered of a client.</summary>
public sealed record ClientRegistration
{
    /// <summary>Name of the file, without its folder.</summary>
    public required string FileName { get; init; }

    /// <summary>Path of the file that its process must execute.</summary>
    public required string Executable { get; init; }

    /// <summary>SHA-256 that the file may have; absent if any content will do.</summary>
    public IReadOnlyList<string>? Sha256 { get; init; }

    /// <summary>Who must vouch for the content (<c>package</c>, <c>baseline</c>, <c>signer</c>); absent if nobody need.</summary>
    public string? Trust { get; init; }

    /// <summary>User that it runs as.</summary>
    public required string User { get; init; }

    /// <summary>Classes that its rules and events may be about.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Lowest altitude of it and its policies.</summary>
    public required int LowestAltitude { get; init; }

    /// <summary>Highest altitude of it and its policies.</summary>
    public required int HighestAltitude { get; init; }

    /// <summary>Event streams that it may have at the same time.</summary>
    public required int MaxSubscriptions { get; init; }

    /// <summary>Rules that its policies may have together.</summary>
    public required int MaxRules { get; init; }

    /// <summary>Policies that it may have in force.</summary>
    public required int MaxPolicies { get; init; }

    /// <summary>Whether its rules may have the action <c>ask</c>.</summary>
    public required bool MayAsk { get; init; }

    /// <summary>Whether it may have its own process and files kept from others.</summary>
    public required bool MayProtect { get; init; }

    /// <summary>Its description.</summary>
    public string? Description { get; init; }
}
