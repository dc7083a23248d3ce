namespace Gatehouse.Sdk.Status;

/// <summary>Something that rules can ask for and that the running kernel cannot refuse everywhere.</summary>
public sealed record PartialEnforcement
{
    /// <summary>The operation, such as <c>process.open</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The right; absent if the operation has none, or if all are meant.</summary>
    public string? Right { get; init; }

    /// <summary>What goes on although it is denied, and for whom; for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Which kernels have the gap; for people.</summary>
    public required string Kernel { get; init; }
}
