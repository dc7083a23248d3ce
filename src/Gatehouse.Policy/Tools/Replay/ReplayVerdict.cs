using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>How a recorded operation would have ended.</summary>
/// <param name="Outcome">Whether it would have gone on; null if that depends on facts that were not recorded.</param>
/// <param name="DecidingRule">Index of the rule that would have decided, or null if none.</param>
/// <param name="AuditedRule">Index of the rule that would have been reported, or null if none.</param>
/// <param name="MissingFacts">The facts that it depends on and that were not recorded, sorted; empty if it could be judged.</param>
public sealed record ReplayVerdict(
    Outcome? Outcome, int? DecidingRule, int? AuditedRule, ImmutableArray<string> MissingFacts)
{
    /// <summary>Whether the recorded facts are enough.</summary>
    public bool IsJudged => Outcome is not null;
}
