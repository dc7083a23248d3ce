using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>An operation and how it shall end under a policy. Immutable; made by <see cref="PolicyCaseParser"/>.</summary>
public sealed class PolicyCase
{
    internal PolicyCase()
    {
    }

    /// <summary>Free text, unique in its file.</summary>
    public required string Name { get; init; }

    /// <summary>The operation, as <c>on</c> calls it.</summary>
    public required RuleOperations Operation { get; init; }

    /// <summary>
    /// The operation as it is decided: one stage, and for <c>process.exec</c> a second one, when the arguments are known.
    /// </summary>
    public required ImmutableArray<OperationFacts> Stages { get; init; }

    /// <summary>How it shall end.</summary>
    public required CaseVerdict Expected { get; init; }

    /// <summary>The rule that shall decide, or report if an audit is expected; null if that does not matter.</summary>
    public string? Rule { get; init; }

    /// <summary>Where the case's name is written.</summary>
    public required SourceSpan Span { get; init; }

    internal SourceSpan? RuleSpan { get; init; }
}
