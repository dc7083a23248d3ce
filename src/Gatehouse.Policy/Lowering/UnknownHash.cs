namespace Gatehouse.Policy;

/// <summary>Whether a row accepts a file whose hash could not be known in time, or does not stay what it is.</summary>
internal static class UnknownHash
{
    /// <summary>Never a row of an allow rule that tests a hash: what is not known is not granted.</summary>
    public static bool Accepts(PolicyRule rule, Conjunction row) =>
        !row.Facts.Any(f => f.Key.Kind == FactKind.Hash) || Accepts(rule);

    /// <summary>Whether the rule's tests of hashes pass one that is not known. A test inside <c>ancestor</c> has no rule.</summary>
    public static bool Accepts(PolicyRule? rule) =>
        rule is not null && rule.Action != RuleAction.Allow && rule.OnMiss == MissAnswer.Deny;

    /// <summary>
    /// Whether a test passes content that changes while it is used: it is none of the hashes that are named, and nobody vouches
    /// for it.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="acceptsOther">Whether such a content passes the test.</param>
    public static bool AcceptsVolatile(PolicyRule? rule, bool acceptsOther) =>
        rule is not null && rule.Action != RuleAction.Allow && acceptsOther;
}
