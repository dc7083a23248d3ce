namespace Gatehouse.Kernel;

/// <summary>The outcome of one round of canary denials.</summary>
/// <param name="Results">One result a hook.</param>
/// <param name="At">When the round ended (monotonic, since boot).</param>
public sealed record CanaryReport(IReadOnlyList<CanaryResult> Results, TimeSpan At)
{
    /// <summary>True only if there is at least one result and every denial happened.</summary>
    public bool Proven => Results.Count > 0 && Results.All(static r => r.Denied);
}

/// <summary>Whether one hook refused what it must refuse.</summary>
/// <param name="Hook">Name of the LSM hook.</param>
/// <param name="Denied">Whether the canary operation was refused, and by this hook: its counter moved.</param>
/// <param name="Detail">What was tried and what came back.</param>
public sealed record CanaryResult(string Hook, bool Denied, string Detail);
