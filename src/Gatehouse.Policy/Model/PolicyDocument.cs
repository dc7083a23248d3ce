using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>One policy file, parsed and checked. Immutable; made by <see cref="PolicyParser.Parse"/>.</summary>
public sealed class PolicyDocument
{
    internal PolicyDocument()
    {
    }

    /// <summary>The file's name as the caller gave it.</summary>
    public required string FileName { get; init; }

    /// <summary><c>metadata.name</c>; unique among the policies in force.</summary>
    public required string Name { get; init; }

    /// <summary><c>metadata.client</c>; "local" if not given.</summary>
    public required string Client { get; init; }

    /// <summary><c>metadata.altitude</c>, 0 to 1,000,000, 1000 if not given; higher ones are listed first.</summary>
    public required int Altitude { get; init; }

    /// <summary><c>metadata.description</c>, or empty.</summary>
    public required string Description { get; init; }

    /// <summary>The file's <c>mode</c>, which each rule may override.</summary>
    public required RuleMode Mode { get; init; }

    /// <summary>What the policy protects.</summary>
    public ImmutableArray<Protection> Protections { get; init; } = [];

    /// <summary>The rules, in the order of the text; before them those that <see cref="Protections"/> stand for.</summary>
    public required ImmutableArray<PolicyRule> Rules { get; init; }

    /// <summary>Lower-case hex SHA-256 of the file's bytes.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>Where the policy's name is written.</summary>
    public required SourceSpan NameSpan { get; init; }
}
