namespace Gatehouse.Policy;

/// <summary>Whether a row accepts a file whose hash could not be known in time.</summary>
internal static class UnknownHash
{
    /// <summary>Never a row of an allow rule that tests the hash: what is not known is not granted.</summary>
    public static bool Accepts(PolicyRule rule, Conjunction row) =>
        row.Hash is null || (rule.Action != RuleAction.Allow && rule.OnMiss == MissAnswer.Deny);
}
