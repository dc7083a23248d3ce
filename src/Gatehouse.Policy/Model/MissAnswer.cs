namespace Gatehouse.Policy;

/// <summary>
/// <c>onMiss</c>: how a rule with a hash condition treats a file whose SHA-256 could not be known in time.
/// </summary>
public enum MissAnswer
{
    /// <summary>The rule matches if some content would make it match (deny and audit rules): the default.</summary>
    Deny = 0,

    /// <summary>The rule matches only if it would match whatever the content is.</summary>
    Allow = 1,
}
