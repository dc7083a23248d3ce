namespace Gatehouse.Policy;

/// <summary>How a case ends.</summary>
public enum CaseVerdict
{
    /// <summary>It goes on, and no rule reports it.</summary>
    Allow = 0,

    /// <summary>It is refused.</summary>
    Deny = 1,

    /// <summary>The acting process is killed.</summary>
    Kill = 2,

    /// <summary>It goes on, and a rule that only reports matched.</summary>
    Audit = 3,
}
