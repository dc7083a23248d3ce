namespace Gatehouse.Policy;

/// <summary>Whether an operation goes on.</summary>
public enum Outcome
{
    /// <summary>It goes on: an allow rule matched, or no rule did.</summary>
    Allow = 0,

    /// <summary>It is refused.</summary>
    Deny = 1,

    /// <summary>The acting process is killed before it runs on.</summary>
    Kill = 2,
}
