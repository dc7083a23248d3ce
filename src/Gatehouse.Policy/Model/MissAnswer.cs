namespace Gatehouse.Policy;

/// <summary>
/// What a rule does when something cannot be had: <c>onMiss</c>, the SHA-256 or trust of a file, or a client's answer, in
/// time; <c>onFull</c>, working memory or the label of a process.
/// </summary>
public enum MissAnswer
{
    /// <summary>
    /// The default. Hash: the rule matches if some content would make it match (deny, kill and audit rules). Memory: what
    /// the rule may concern is refused.
    /// </summary>
    Deny = 0,

    /// <summary>
    /// Hash: the rule matches only if it would match whatever the content is. Memory: for this rule, it goes on.
    /// </summary>
    Allow = 1,
}
