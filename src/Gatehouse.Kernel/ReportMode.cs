namespace Gatehouse.Kernel;

/// <summary>Which decisions the kernel side reports as events.</summary>
public enum ReportMode
{
    /// <summary>Every decision, also those that no rule matched.</summary>
    All = 0,

    /// <summary>Only decisions in which a rule took part (deny, allow or audit), and canary and failure denials.</summary>
    Matched = 1,
}
