using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>One rule of an image.</summary>
/// <param name="Index">Its index in <see cref="PolicyImage.Rules"/>: what events carry.</param>
/// <param name="PolicyIndex">Index of its policy in <see cref="PolicyImage.Policies"/>.</param>
/// <param name="Name">Unique in its policy.</param>
/// <param name="Action">What a match does.</param>
/// <param name="Mode">Whether it decides or only reports.</param>
/// <param name="Severity">For the events.</param>
/// <param name="Tags">ATT&amp;CK technique ids.</param>
/// <param name="Description">Free text, or empty.</param>
public sealed record CompiledRule(
    int Index,
    int PolicyIndex,
    string Name,
    RuleAction Action,
    RuleMode Mode,
    RuleSeverity Severity,
    ImmutableArray<string> Tags,
    string Description);
