using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>A client that the owner has registered: one file of <c>clients.d</c>, parsed and checked. Immutable.</summary>
public sealed class ClientDefinition
{
    internal ClientDefinition()
    {
    }

    /// <summary>The file's name as the caller gave it.</summary>
    public required string FileName { get; init; }

    /// <summary><c>client</c>: its name, which its policies have in <c>metadata.client</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>description</c>, or empty.</summary>
    public required string Description { get; init; }

    /// <summary><c>executable.path</c>: where the file stands that its process executes.</summary>
    public required string ExecutablePath { get; init; }

    /// <summary><c>executable.sha256</c>: lower-case hex, any of which the file must have; empty: not asked for.</summary>
    public required ImmutableArray<string> Sha256 { get; init; }

    /// <summary><c>executable.trust</c>: the word of <c>image.trust</c> that the file must have; null: not asked for.</summary>
    public required string? Trust { get; init; }

    /// <summary><c>user</c>: name or number of the user that its process runs as.</summary>
    public required string User { get; init; }

    /// <summary><c>classes</c>: what its rules may decide and its events may be about.</summary>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>Lowest altitude that it and its policies may have.</summary>
    public required int LowestAltitude { get; init; }

    /// <summary>Highest altitude that it and its policies may have.</summary>
    public required int HighestAltitude { get; init; }

    /// <summary><c>quotas.subscriptions</c>: event streams at the same time.</summary>
    public required int MaxSubscriptions { get; init; }

    /// <summary><c>quotas.rules</c>: rules in all its policies together.</summary>
    public required int MaxRules { get; init; }

    /// <summary><c>quotas.policies</c>: policies in force at the same time.</summary>
    public required int MaxPolicies { get; init; }

    /// <summary><c>mayAsk</c>: whether its policies may have the action <c>ask</c>, which makes others wait for it.</summary>
    public required bool MayAsk { get; init; }

    /// <summary><c>mayProtect</c>: whether it may have its own process and files kept from others.</summary>
    public required bool MayProtect { get; init; }

    /// <summary>Lower-case hex SHA-256 of the file's bytes: another one is another registration.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>Where its name is written.</summary>
    public required SourceSpan NameSpan { get; init; }

    /// <summary>Where its user is written.</summary>
    public required SourceSpan UserSpan { get; init; }
}
