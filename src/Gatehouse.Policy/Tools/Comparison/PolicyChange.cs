using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>What a change between two versions of a policy is about.</summary>
public enum PolicyChangeKind
{
    /// <summary>The whole policy is new.</summary>
    PolicyAdded,

    /// <summary>The whole policy is gone.</summary>
    PolicyRemoved,

    /// <summary>A key of the policy itself differs, such as <c>altitude</c>.</summary>
    PolicyKey,

    /// <summary>A rule is new.</summary>
    RuleAdded,

    /// <summary>A rule is gone.</summary>
    RuleRemoved,

    /// <summary>A key of a rule differs.</summary>
    RuleKey,

    /// <summary>A rule stands before or behind another one than it did. Order matters: the first match decides.</summary>
    RuleMoved,
}

/// <summary>One difference in meaning between two versions of a policy.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Rule">Name of the rule; null if it is about the policy itself.</param>
/// <param name="Key">The key that differs; null if it is about a whole rule or its place.</param>
/// <param name="Before">What it was; for a moved rule the rule that it stood behind; null for nothing.</param>
/// <param name="After">What it is.</param>
public sealed record PolicyChange(
    PolicyChangeKind Kind, string Policy, string? Rule, string? Key, string? Before, string? After)
{
    /// <summary>Values that a condition of otherwise the same shape names now and did not before.</summary>
    public ImmutableArray<string> ValuesAdded { get; init; } = [];

    /// <summary>Values that it named before and does not now.</summary>
    public ImmutableArray<string> ValuesRemoved { get; init; } = [];
}
