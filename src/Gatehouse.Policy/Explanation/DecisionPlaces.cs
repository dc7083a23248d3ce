namespace Gatehouse.Policy;

/// <summary>Where rows of a rule are decided.</summary>
[Flags]
public enum DecisionPlaces
{
    /// <summary>Nowhere: the rule can never match.</summary>
    None = 0,

    /// <summary>In the kernel, before the operation.</summary>
    BeforeOperation = 1,

    /// <summary>In the kernel, before the first instruction of the new program: arguments are known then, and it can be killed.</summary>
    BeforeFirstInstruction = 2,
}
