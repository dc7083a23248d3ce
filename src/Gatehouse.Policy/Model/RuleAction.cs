namespace Gatehouse.Policy;

/// <summary>What a matching rule does.</summary>
public enum RuleAction
{
    /// <summary>The operation goes on, and later rules of the same policy are not looked at.</summary>
    Allow = 0,

    /// <summary>The operation is refused.</summary>
    Deny = 1,

    /// <summary>The match is reported; later rules still decide.</summary>
    Audit = 2,

    /// <summary>
    /// The acting process is killed before it runs on. For <c>process.exec</c> only: what needs the arguments is known
    /// when the new program is in place and has not run its first instruction.
    /// </summary>
    Kill = 3,

    /// <summary>
    /// The policy's client decides by its own code, once for each content; what it has not answered in time, the rule's
    /// <c>onMiss</c> answers. For <c>process.exec</c> and <c>image.load</c> of files.
    /// </summary>
    Ask = 4,
}
