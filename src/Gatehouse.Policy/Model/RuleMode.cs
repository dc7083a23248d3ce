namespace Gatehouse.Policy;

/// <summary>Whether a rule decides or only reports what it would have decided.</summary>
public enum RuleMode
{
    /// <summary>The rule decides.</summary>
    Enforce = 0,

    /// <summary>The rule is reported when it matches and never shadows a later rule.</summary>
    Audit = 1,
}
