namespace Gatehouse.Sdk.Clients;

/// <summary>The agent does not let a client in, or does not let it do this. Nothing has changed.</summary>
public sealed class ClientRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">The kind of reason.</param>
    /// <param name="detail">The reason, for people.</param>
    /// <param name="missing">What the kernel cannot refuse.</param>
    public ClientRefusedException(ClientRefusalReason reason, string detail, IReadOnlyList<string>? missing = null)
        : base(detail)
    {
        Reason = reason;
        Missing = missing ?? [];
    }

    /// <summary>The kind of reason.</summary>
    public ClientRefusalReason Reason { get; }

    /// <summary>With <see cref="ClientRefusalReason.PartlyEnforced"/>: what the kernel cannot refuse, and on which kernels; else empty.</summary>
    public IReadOnlyList<string> Missing { get; }
}
