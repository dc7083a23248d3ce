namespace Gatehouse.Policy;

/// <summary>The operations of a rule's <c>on</c>.</summary>
[Flags]
public enum RuleOperations
{
    /// <summary>None; no rule has this.</summary>
    None = 0,

    /// <summary><c>process.exec</c>: a program is started.</summary>
    ProcessExec = 1,

    /// <summary><c>image.load</c>: a file is loaded as executable or mapped as library.</summary>
    ImageLoad = 2,
}
