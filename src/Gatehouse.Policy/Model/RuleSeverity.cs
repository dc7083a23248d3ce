namespace Gatehouse.Policy;

/// <summary>How bad a match is, for whoever reads the events. It does not change a verdict.</summary>
public enum RuleSeverity
{
    /// <summary>For the record.</summary>
    Info = 0,

    /// <summary>Low.</summary>
    Low = 1,

    /// <summary>Medium: the default.</summary>
    Medium = 2,

    /// <summary>High.</summary>
    High = 3,

    /// <summary>Critical.</summary>
    Critical = 4,
}
