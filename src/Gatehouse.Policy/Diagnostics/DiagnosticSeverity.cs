namespace Gatehouse.Policy;

/// <summary>Whether a diagnostic prevents loading.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Worth a look; the policy can be loaded.</summary>
    Warning = 0,

    /// <summary>The policy is refused.</summary>
    Error = 1,
}
