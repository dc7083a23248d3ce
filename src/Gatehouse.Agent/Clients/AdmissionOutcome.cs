namespace Gatehouse.Agent.Clients;

/// <summary>Whether a process is let in under a name.</summary>
/// <param name="Client">Its registration; null if it is refused, or has none and needs none.</param>
/// <param name="Refusal">Why it is not let in; null if it is.</param>
internal sealed record AdmissionOutcome(RegisteredClient? Client, string? Refusal)
{
    /// <summary>Let in without a registration and without limits: root, while nobody is registered.</summary>
    public static AdmissionOutcome Unlimited { get; } = new(null, null);

    public static AdmissionOutcome Refused(string reason) => new(null, reason);
}
